import { createHash } from 'node:crypto'

/** An event as its row has it, every value as PostgreSQL writes it in text; hashes in hex. */
export interface ChainedEvent {
  workspace_id: string
  seq: string
  id: string
  /** UTC, such as `2026-11-22T13:45:00.123456Z`. */
  at: string
  actor_id: string | null
  actor_name: string
  token_id: string | null
  action: string
  outcome: string
  target_kind: string | null
  target_id: string | null
  target_name: string | null
  /** The jsonb as text. */
  detail: string
  address: string | null
  request_id: string | null
  previous_hash: string
  hash: string
}

/** In the order that they are hashed in. */
const fields = [
  'workspace_id',
  'seq',
  'id',
  'at',
  'actor_id',
  'actor_name',
  'token_id',
  'action',
  'outcome',
  'target_kind',
  'target_id',
  'target_name',
  'detail',
  'address',
  'request_id',
] as const satisfies (keyof ChainedEvent)[]

/**
 * The hash of an event, in hex, by what it says and by the hash it names as the one before. The same as the function
 * audit_hash of db/migrations/0003-audit.sql, written a second time, so that neither is believed alone.
 */
export function hashEvent(event: ChainedEvent): string {
  const said = fields.map((field) => encode(event[field])).join('')
  return createHash('sha256').update(`keyroster audit 1 ${event.previous_hash} ${said}`).digest('hex')
}

/** The length in bytes stands before each text, so that no two events read alike. */
function encode(value: string | null): string {
  return value === null ? '-' : `${Buffer.byteLength(value)}:${value}`
}
