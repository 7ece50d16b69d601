import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'

export interface AuditEvent {
  workspaceId: string
  /** Who did it; `id` null for the panel itself. */
  actor: { id: string | null; name: string }
  /** Noun and verb, such as `user.created` or `import.confirmed`. */
  action: `${string}.${string}`
  target?: { kind: string; id: string }
  /** What changed; never a secret. */
  detail?: Record<string, unknown>
  /** Where it came from; a Fastify request fits. */
  request?: { id: string; ip: string }
}

/** Records who did what to whom, in the transaction of the deed: both are kept, or neither. */
export async function audit(tx: Db, event: AuditEvent): Promise<void> {
  await sql`
    insert into audit_events
      (workspace_id, actor_id, actor_name, action, target_kind, target_id, detail, address, request_id)
    values
      (${event.workspaceId}, ${event.actor.id}, ${event.actor.name}, ${event.action}, ${event.target?.kind ?? null},
       ${event.target?.id ?? null}, ${JSON.stringify(event.detail ?? {}, storable)}, ${event.request?.ip ?? null},
       ${event.request?.id ?? null})`.execute(tx)
}

/** PostgreSQL refuses NUL and lone surrogates in jsonb, and an odd text must not undo the deed it tells of. */
function storable(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value
}
