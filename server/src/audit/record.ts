import type { AuditAction, AuditOutcome } from '@keyroster/api/audit.ts'
import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'

/** Who does things without being an admin who is signed in. */
export const actors = {
  /** The panel itself, where nobody asked. */
  keyroster: { id: null, name: 'Keyroster' },
  /** Whoever has the console of the server. */
  console: { id: null, name: 'Console' },
  /** Whoever did not prove who they are. */
  somebody: { id: null, name: 'Somebody' },
} as const

export interface Deed {
  workspaceId: string
  /** Who did it, an admin who is signed in or one of `actors`; `token` is the API token that they used. */
  actor: { id: string | null; name: string; token?: { id: string } | null }
  action: AuditAction
  outcome?: AuditOutcome
  /** To whom or what; `name` is what people call it, for its id may mean nothing once it is gone. */
  target?: { kind: string; id: string; name?: string | null }
  /** What changed; never a secret. */
  detail?: Record<string, unknown>
  /** Where it came from; a Fastify request fits. */
  request?: { id: string; ip: string }
}

/**
 * Records who did what to whom, in the transaction of the deed: both are kept, or neither. Call it last: until the
 * transaction ends, every other deed of the workspace waits for its place in the chain of events.
 */
export async function audit(tx: Db, deed: Deed): Promise<void> {
  const { workspaceId, actor, action, outcome = 'done', target, detail = {}, request } = deed
  await sql`
    insert into audit_events (workspace_id, actor_id, actor_name, token_id, action, outcome, target_kind, target_id,
      target_name, detail, address, request_id)
    values (${workspaceId}, ${actor.id}, ${storable(actor.name)}, ${actor.token?.id ?? null}, ${action}, ${outcome},
      ${target?.kind ?? null}, ${target?.id ?? null}, ${target?.name ? storable(target.name) : null},
      ${JSON.stringify(detail, (_key, value) => (typeof value === 'string' ? storable(value) : value))},
      ${request?.ip ?? null}, ${request?.id ?? null})`.execute(tx)
}

/** PostgreSQL refuses NUL and lone surrogates, and an odd text must not undo the deed it tells of. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}
