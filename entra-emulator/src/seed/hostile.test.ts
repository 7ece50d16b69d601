import { afterAll, beforeAll, expect, test } from 'vitest'
import { type GraphUnderTest, graphUnderTest } from '../graph/graph-under-test.ts'
import { hostileId } from './hostile-people.ts'

/** Cases without a person of their own: a record of nothing but an id, groups of one name, values that go back and forth. */
const NOBODY = [43, 45, 48]

let graph: GraphUnderTest
beforeAll(async () => {
  graph = await graphUnderTest({ seed: 'hostile', largestPage: 25 })
})
afterAll(() => graph.emulator.close())

const rows = () => graph.walk('/users?$select=id,displayName,userPrincipalName,mail,employeeId&$top=999')

test('there is somebody for every case, and pages are as small as asked for', async () => {
  const { body } = await graph.get('/users?$top=999')
  expect(body.value).toHaveLength(25)
  const numbers = (await rows()).map((row) => Number(/^row-(\d+)/.exec(String(row?.userPrincipalName))?.[1]))
  const cases = Array.from({ length: 52 }, (_, at) => at + 1)
  expect(cases.filter((number) => !numbers.includes(number))).toEqual(NOBODY)
})

test('records that Graph would never send end the list as they are, and are counted', async () => {
  const all = await rows()
  const counted = await graph.get('/users/$count', { ConsistencyLevel: 'eventual' })
  expect(all).toHaveLength(Number(counted.body))
  expect(all).toContain(null)
  expect(all.filter((row) => row?.id === hostileId('37-far'))).toHaveLength(2)
  const named = (name: string) => all.find((row) => row?.displayName === name)!
  expect(named('Row 40-infinite').employeeId).toBe(Number.POSITIVE_INFINITY)
  expect(Object.hasOwn(named('Row 39'), '__proto__')).toBe(true)
})

test('they are in no part of the list, and nowhere by id', async () => {
  const filter = encodeURIComponent("startswith(displayName,'Row 3')")
  const part = await graph.walk(`/users?$filter=${filter}&$top=999`)
  expect(part.map((row) => row.displayName)).not.toContain('Row 39')
  expect((await graph.get(`/users/${hostileId('39')}`)).status).toBe(404)
})

test('a text of half a character arrives as half a character', async () => {
  const { body } = await graph.get(`/users/${hostileId('14-high')}?$select=employeeId`)
  expect(body.employeeId).toBe('14\ud83d')
})
