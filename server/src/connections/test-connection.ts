import type { Connection } from '@keyroster/api/connections.ts'
import { type Emulator, type EmulatorOptions, startEmulator } from 'entra-emulator'
import { unguarded } from '../audit/test-audit.ts'
import { createTestPanel, type TestPanel } from '../http/test-panel.ts'
import { type Visit, visitMicrosoft } from './test-browser.ts'

const baseUrl = 'http://localhost:8080'

/** A panel whose Microsoft is an emulator of the test's own. */
export async function createConnectedPanel(options: EmulatorOptions = {}) {
  const test = { ...(await createTestPanel({ baseUrl })), emulator: await startEmulator() }
  await startOver(test, options)
  return {
    ...test,
    /** A new emulator and no connections, on the same database. */
    startOver(this: TestPanel & { emulator: Emulator }, options: EmulatorOptions) {
      return startOver(this, options)
    },
    async [Symbol.asyncDispose](this: { emulator: Emulator }) {
      await test.close()
      await this.emulator.close()
    },
  }
}

async function startOver(test: TestPanel & { emulator: Emulator }, options: EmulatorOptions): Promise<void> {
  await test.emulator.close()
  test.emulator = await startEmulator({ redirectUris: [`${baseUrl}/api/entra/callback`], ...options })
  test.panel.config.entra = { loginUrl: test.emulator.origin, graphUrl: test.emulator.origin }
  await test.panel.database.pool.query(unguarded('truncate connections, audit_events cascade'))
}

export type ConnectedPanel = Awaited<ReturnType<typeof createConnectedPanel>>

/** Adds a connection to the emulator's tenant; `changes` are fields of the form. */
export async function addConnection(
  test: ConnectedPanel,
  changes: Record<string, unknown> = {},
): Promise<Connection> {
  const { app, tenant } = test.emulator
  const answer = await test.call<Connection>('POST', '/api/connections', {
    tenant: tenant.id,
    clientId: app.clientId,
    credential: { kind: 'secret', secret: app.secrets[0]!.value },
    ...changes,
  })
  if (answer.status !== 201) throw new Error(`No connection was made: ${JSON.stringify(answer.body)}`)
  return answer.body
}

/** Goes to Microsoft and back for a connection, all the way; answers what the panel's last redirect says. */
export async function grant(test: ConnectedPanel, id: string, visit?: Visit): Promise<URLSearchParams> {
  const begun = await test.call<{ url: string }>('POST', `/api/connections/${id}/grant`, {
    returnTo: '/imports/new',
  })
  if (begun.status !== 200) throw new Error(`No trip was begun: ${JSON.stringify(begun.body)}`)
  let at = begun.body.url
  while (at.startsWith(test.emulator.origin)) at = await comeBack(test, await visitMicrosoft(at, visit))
  return new URL(at).searchParams
}

/** The browser arrives at the panel's callback; answers where the panel sends it. */
export async function comeBack(test: TestPanel, callback: string, cookie = test.cookie): Promise<string> {
  const { pathname, search } = new URL(callback)
  const answer = await test.app.inject({ method: 'GET', url: pathname + search, headers: { cookie } })
  return String(answer.headers.location)
}
