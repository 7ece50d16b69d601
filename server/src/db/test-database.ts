import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type Database } from './open.ts'
import { command, databaseUrl } from './test-cluster.ts'

/** A migrated database without rows, of a test file's own; `close` drops it. */
export function createTestDatabase(): Promise<Database> {
  return createDatabase(inject('testServer').template)
}

/** The same without any table. */
export function createBareTestDatabase(): Promise<Database> {
  return createDatabase('template1')
}

async function createDatabase(template: string): Promise<Database> {
  const { url } = inject('testServer')
  const name = `keyroster_test_${randomBytes(6).toString('hex')}`
  await command(url, `create database ${name} template ${template}`)
  const database = await connect(databaseUrl(url, name))
  return {
    ...database,
    close: async () => {
      await database.close()
      await command(url, `drop database ${name} with (force)`)
    },
  }
}
