import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase } from '../../db/test-database.ts'
import { type House, openHouse } from './house.ts'
import { playMany } from './play-many.ts'

/** Replays one schedule, the one of a seed that failed. */
const given = process.env.SCHEDULE_SEED

let house: House
beforeAll(async () => {
  house = await openHouse(await createTestDatabase())
})
afterAll(() => house.close())

describe('an import under faults, crashes, sleeping workers, races, edits and cancels', () => {
  const [first, count] = given ? [Number(given), 1] : [1, 200]
  it(`comes to what the rules say, in ${count} random schedules`, { timeout: 300_000 }, async () => {
    const failures = await playMany(house, first, count)
    expect(failures).toEqual([])
  })
})
