import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from './open.ts'
import { createTestDatabase } from './test-database.ts'
import { transaction } from './transaction.ts'

let database: Database

beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())

const insert = { name: 'Contoso' }

test('two transactions that deadlock both come through', async () => {
  const { db } = database
  const [a, b] = await Promise.all(
    [1, 2].map(() => db.insertInto('workspaces').values(insert).returning('id').executeTakeFirstOrThrow()),
  )
  const meet = meeting(2)
  const raiseBoth = (first: string, second: string) =>
    transaction(db, async (tx) => {
      await tx
        .updateTable('workspaces')
        .set({ revision: sql`revision + 1` })
        .where('id', '=', first)
        .execute()
      await meet()
      await tx
        .updateTable('workspaces')
        .set({ revision: sql`revision + 1` })
        .where('id', '=', second)
        .execute()
    })
  await Promise.all([raiseBoth(a!.id, b!.id), raiseBoth(b!.id, a!.id)])
  const rows = await db
    .selectFrom('workspaces')
    .select('revision')
    .where('id', 'in', [a!.id, b!.id])
    .execute()
  expect(rows).toEqual([{ revision: 2 }, { revision: 2 }])
})

test('an error undoes the transaction and is not tried again', async () => {
  let runs = 0
  const failing = transaction(database.db, async (tx) => {
    runs++
    await tx.insertInto('workspaces').values({ name: 'Undone' }).execute()
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const rows = await database.db.selectFrom('workspaces').where('name', '=', 'Undone').select('id').execute()
  expect({ runs, rows }).toEqual({ runs: 1, rows: [] })
})

/** Holds callers until `count` of them are there; later ones pass. */
function meeting(count: number): () => Promise<void> {
  let there = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  return () => {
    there++
    if (there >= count) resolve()
    return promise
  }
}
