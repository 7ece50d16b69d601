import { expect, test } from 'vitest'
import { orderedRows, type RowSource } from './ordered-rows.ts'

interface Row {
  id: string
  name: string
}

const NAMES = ['adam', 'ben', 'carla', 'david', 'elena']
const source: RowSource<Row> = {
  count: NAMES.length,
  at: (index) => ({ id: `id-${index}`, name: NAMES[index]! }),
  indexOf(id) {
    const index = Number(id.replace('id-', ''))
    return index < NAMES.length ? index : undefined
  },
}

const rows = () => orderedRows(source, (row) => row.name)
const names = (walked: Iterable<Row>) => [...walked].map(({ name }) => name)

test('rows of the source and added ones come in one order', () => {
  const under = rows()
  under.put({ id: 'new', name: 'bob' })
  under.put({ id: 'first', name: 'aaron' })
  expect(names(under.walk())).toEqual(['aaron', 'adam', 'ben', 'bob', 'carla', 'david', 'elena'])
  expect(names(under.walk('bob'))).toEqual(['carla', 'david', 'elena'])
  expect(names(under.walk('bz'))).toEqual(['carla', 'david', 'elena'])
  expect(under.count).toBe(7)
})

test('a row that is renamed stands at its new place only', () => {
  const under = rows()
  under.put({ id: 'id-0', name: 'dora' })
  under.put({ id: 'id-0', name: 'zara' })
  expect(names(under.walk())).toEqual(['ben', 'carla', 'david', 'elena', 'zara'])
  expect(under.get('id-0')).toEqual({ id: 'id-0', name: 'zara' })
  expect(under.find('adam')).toBeUndefined()
  expect(under.find('zara')?.id).toBe('id-0')
  expect(under.count).toBe(5)
})

test('removed rows are gone, whether of the source or added', () => {
  const under = rows()
  under.put({ id: 'new', name: 'bob' })
  expect(under.remove('new')).toBe(true)
  expect(under.remove('id-4')).toBe(true)
  expect(under.remove('id-4')).toBe(false)
  expect(names(under.walk())).toEqual(['adam', 'ben', 'carla', 'david'])
  expect(under.get('id-4')).toBeUndefined()
  expect(under.find('elena')).toBeUndefined()
})

test('a walk goes on while rows change: renamed forward they come again, renamed backward they are missed', () => {
  const under = rows()
  const seen: string[] = []
  for (const { id, name } of under.walk()) {
    seen.push(id)
    if (name === 'ben') {
      under.put({ id: 'id-0', name: 'dora' })
      under.put({ id: 'id-4', name: 'abel' })
    }
  }
  expect(seen).toEqual(['id-0', 'id-1', 'id-2', 'id-3', 'id-0'])
})
