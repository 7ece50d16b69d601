import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from './open.ts'
import { inWorkspace } from './reach.ts'
import { createTestDatabase } from './test-database.ts'
import { fillWorkspace } from './test-workspace.ts'

let database: Database
let workspace: string

beforeAll(async () => {
  database = await createTestDatabase()
  workspace = (await fillWorkspace(database.pool)).workspace
})
afterAll(() => database.close())

test('an answer that nobody holds any more is gone with the next small collection', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options?: { type: 'minor' }) => void
  const ask = () => sql`select repeat('x', 100) from generate_series(1, 500)`.execute(database.walled)
  await inWorkspace(workspace, async () => {
    collect()
    const before = process.memoryUsage().heapUsed
    for (let time = 0; time < 200; time += 1) await ask()
    // Whoever outlives two of them is held.
    collect({ type: 'minor' })
    collect({ type: 'minor' })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(2 * 2 ** 20)
  })
})
