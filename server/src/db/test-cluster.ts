import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type EmbeddedPostgres, startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { connect } from './open.ts'

declare module 'vitest' {
  interface ProvidedContext {
    testServer: TestServer
  }
}

/** The server that tests make their databases on, and the migrated database they are copies of. */
export interface TestServer {
  url: string
  template: string
}

/** Vitest's globalSetup: one PostgreSQL per run, embedded unless TEST_DATABASE_URL names another; answers the teardown. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.TEST_DATABASE_URL
  const cluster = given ? { url: given, stop: async () => {} } : await startTemporaryCluster()
  const template = `keyroster_template_${randomBytes(6).toString('hex')}`
  const teardown = async () => {
    await command(cluster.url, `drop database if exists ${template} with (force)`)
    await cluster.stop()
  }
  try {
    await makeTemplate(cluster.url, template)
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('testServer', { url: cluster.url, template })
  return teardown
}

async function makeTemplate(serverUrl: string, template: string): Promise<void> {
  await command(serverUrl, `create database ${template}`)
  const database = await connect(databaseUrl(serverUrl, template))
  try {
    await migrate(database.pool)
  } finally {
    await database.close()
  }
}

async function startTemporaryCluster(): Promise<EmbeddedPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'keyroster-test-'))
  const cluster = await startEmbedded(folder, { durable: false })
  return {
    url: cluster.url,
    stop: async () => {
      await cluster.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/** The same server, another database on it. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl)
  url.pathname = `/${database}`
  return url.href
}

/** Runs one statement on the server's own database, on a connection of its own. */
export async function command(serverUrl: string, statement: string): Promise<void> {
  const server = await connect(serverUrl)
  try {
    await server.pool.query(statement)
  } finally {
    await server.close()
  }
}
