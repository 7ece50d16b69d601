import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureOperator } from '../admins/operator.ts'
import { startEmbedded } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { connect } from '../db/open.ts'
import { addSamplePeople } from './sample-people.ts'

export interface Sample {
  /** The settings of a panel that works with the sample tenant and a database that is gone at the end. */
  env: Record<string, string>
  /** The page that shows what the sample tenant was asked. */
  inspectorUrl: string
  close(): Promise<void>
}

/**
 * Starts the Contoso tenant and an embedded database in a temporary folder, with two people already there by hand, for a
 * panel that browsers find at `baseUrl`.
 */
export async function startSample(baseUrl: string): Promise<Sample> {
  await using started = new AsyncDisposableStack()
  const emulator = await startSampleTenant(baseUrl)
  started.defer(() => emulator.close())
  const folder = await mkdtemp(join(tmpdir(), 'keyroster-'))
  started.defer(() => rm(folder, { recursive: true }))
  const embedded = await startEmbedded(folder, { durable: false })
  started.defer(() => embedded.stop())
  await fillDatabase(embedded.url)
  const running = started.move()
  return {
    env: {
      KEYROSTER_BASE_URL: baseUrl,
      DATABASE_URL: embedded.url,
      KEYROSTER_SECRET_KEY: randomBytes(32).toString('base64'),
      KEYROSTER_ENTRA_LOGIN_URL: emulator.origin,
      KEYROSTER_GRAPH_URL: emulator.origin,
      KEYROSTER_DEMO_TENANT: emulator.tenant.id,
      KEYROSTER_DEMO_CLIENT_ID: emulator.app.clientId,
      KEYROSTER_DEMO_CLIENT_SECRET: emulator.app.secrets[0]!.value,
    },
    inspectorUrl: `${emulator.origin}/_emulator`,
    close: () => running.disposeAsync(),
  }
}

/** Loaded only when asked for: the panel itself knows nothing of the emulator. */
async function startSampleTenant(baseUrl: string) {
  const { startEmulator } = await import('entra-emulator')
  return startEmulator({ seed: 'contoso', redirectUris: [`${baseUrl}/api/entra/callback`] })
}

async function fillDatabase(url: string): Promise<void> {
  const database = await connect(url)
  try {
    await migrate(database.pool)
    await addSamplePeople(database.db, await ensureOperator(database.db))
  } finally {
    await database.close()
  }
}
