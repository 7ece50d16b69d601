import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSession } from '@keyroster/server/src/admins/sessions.ts'
import { freePort } from '@keyroster/server/src/cli/free-port.ts'
import { readConfig } from '@keyroster/server/src/config.ts'
import { transaction } from '@keyroster/server/src/db/transaction.ts'
import { credentialContext } from '@keyroster/server/src/entra/connection-access.ts'
import { createLog } from '@keyroster/server/src/log.ts'
import { type RunningPanel, run } from '@keyroster/server/src/main.ts'
import { sealSecret } from '@keyroster/server/src/secrets/data-keys.ts'
import { actAsPart } from './part.ts'
import type { Tenant } from './tenant.ts'
import { trust } from './trust.ts'

export interface Panel {
  url: string
  /** Of the embedded PostgreSQL that the panel started, with durability on. */
  databaseUrl: string
  cookie: string
  connectionId: string
}

/** Resident memory of the panel's process, without PostgreSQL, in bytes. */
export interface Memory {
  now: number
  peak: number
}

await actAsPart<Tenant>(async (tenant) => {
  trust(tenant)
  const folder = await mkdtemp(join(tmpdir(), 'keyroster-bench-'))
  const config = readConfig({
    KEYROSTER_PORT: String(await freePort('127.0.0.1', 18_080)),
    KEYROSTER_DATA_DIR: folder,
    KEYROSTER_ENTRA_LOGIN_URL: tenant.origin,
    KEYROSTER_GRAPH_URL: tenant.origin,
  })
  const panel = await run(config, createLog('error'))
  const ready: Panel = {
    url: panel.url,
    databaseUrl: panel.database.url,
    cookie: `keyroster=${await startSession(panel.database.db, panel.operatorId)}`,
    connectionId: await connect(panel, tenant),
  }
  const memory = (): Memory => ({
    now: process.memoryUsage.rss(),
    // The kernel's own high-water mark, in kilobytes: no sampling misses it.
    peak: process.resourceUsage().maxRSS * 1024,
  })
  const close = async () => {
    await panel.close()
    await rm(folder, { recursive: true })
  }
  return { ready, answers: { memory }, close }
})

/** A connection as it stands after access was granted. */
async function connect(panel: RunningPanel, tenant: Tenant): Promise<string> {
  const id = randomUUID()
  const { db } = panel.database
  const { workspace_id } = await db.selectFrom('admins').select('workspace_id').executeTakeFirstOrThrow()
  const context = credentialContext(workspace_id, id)
  await transaction(db, async (tx) => {
    await tx
      .insertInto('connections')
      .values({
        id,
        workspace_id,
        name: 'Contoso',
        cloud: 'global',
        tenant: tenant.id,
        tenant_id: tenant.id,
        verified_domains: tenant.domains,
        client_id: tenant.clientId,
        credential_kind: 'secret',
        credential_sealed: await sealSecret(tx, panel.secretKeys, tenant.secret, context),
        secret_last_four: tenant.secret.slice(-4),
        state: 'connected',
      })
      .execute()
  })
  return id
}
