import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import { connect, type Database } from './open.ts'
import { command, databaseUrl } from './test-cluster.ts'

/** A migrated, empty database of a test file's own; `close` drops it. */
export async function createTestDatabase(): Promise<Database> {
  const { url, template } = inject('testServer')
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
