import { sql } from 'kysely'
import type { Db } from '../db/schema.ts'
import { type ChainedEvent, hashEvent } from './hash-event.ts'

/** A place in the chain: an event's number and its hash in hex. */
interface Link {
  seq: number
  hash: string
}

/** What came of walking a workspace's chain. */
export interface Verified {
  events: number
  /** The newest event, by the head of the chain; 0 and zeros where there is none. */
  head: Link
  /** How many events were removed before these, because they were older than they are kept. */
  purged: number
  /** The first event that is not as it was written, and a sentence about it. */
  broken: { seq: number; finding: string } | null
}

/** Events read in one go. */
const PAGE = 1_000

const beginning: Link = { seq: 0, hash: '0'.repeat(64) }

/**
 * Walks the audit events of a workspace from the oldest to the newest, as they are at one moment, and says whether each
 * is as it was written and none is missing. Memory does not grow with their number.
 */
export async function verifyAudit(db: Db, workspaceId: string): Promise<Verified> {
  const reading = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only')
  return reading.execute(async (tx) => {
    const { head, anchor } = await readHead(tx, workspaceId)
    let last = anchor
    let told = beginning
    const result = (broken: Verified['broken']): Verified => ({
      events: last.seq - anchor.seq,
      head,
      purged: anchor.seq,
      broken,
    })
    for await (const event of chain(tx, workspaceId)) {
      const broken = judge(event, last)
      if (broken) return result(broken)
      last = { seq: Number(event.seq), hash: event.hash }
      if (event.action === 'audit.purged') told = removal(event)
    }
    return result(judgeEnds(last, head, anchor, told))
  })
}

async function readHead(tx: Db, workspaceId: string): Promise<{ head: Link; anchor: Link }> {
  const found = await sql<{ head: Link; anchor: Link }>`
    select jsonb_build_object('seq', seq, 'hash', encode(hash, 'hex')) as head,
      jsonb_build_object('seq', purged_seq, 'hash', encode(purged_hash, 'hex')) as anchor
    from audit_heads where workspace_id = ${workspaceId}`.execute(tx)
  return found.rows[0] ?? { head: beginning, anchor: beginning }
}

async function* chain(tx: Db, workspaceId: string): AsyncGenerator<ChainedEvent> {
  let after = String(Number.MIN_SAFE_INTEGER)
  for (;;) {
    const { rows } = await sql<ChainedEvent>`
      select workspace_id::text, seq::text, id::text,
        to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_id::text, actor_name, token_id::text,
        action, outcome, target_kind, target_id, target_name, detail::text, address, request_id,
        encode(previous_hash, 'hex') as previous_hash, encode(hash, 'hex') as hash
      from audit_events where workspace_id = ${workspaceId} and seq > ${after}
      order by workspace_id, audit_events.seq limit ${PAGE}`.execute(tx)
    yield* rows
    if (rows.length < PAGE) return
    after = rows.at(-1)!.seq
  }
}

/** What is wrong with an event that should follow `last`. */
function judge(event: ChainedEvent, last: Link): Verified['broken'] {
  const seq = Number(event.seq)
  if (seq <= last.seq) return { seq, finding: 'It stands before the beginning of the chain.' }
  if (seq > last.seq + 1) return { seq: last.seq + 1, finding: 'It is missing.' }
  if (hashEvent(event) !== event.hash) return { seq, finding: 'It was changed after it was written.' }
  if (event.previous_hash !== last.hash) {
    return { seq, finding: 'It was written after another event than the one that stands before it.' }
  }
  return null
}

/** The newest event must be the one that the head names, and the last removal must be told by an event that is kept. */
function judgeEnds(last: Link, head: Link, anchor: Link, told: Link): Verified['broken'] {
  if (last.seq < head.seq) {
    return { seq: last.seq + 1, finding: `It is missing, with all up to event ${head.seq}.` }
  }
  if (last.seq > head.seq || last.hash !== head.hash) {
    return { seq: last.seq, finding: 'The head of the chain names another event as the newest.' }
  }
  if (anchor.seq !== told.seq || anchor.hash !== told.hash) {
    return {
      seq: anchor.seq,
      finding: 'It is missing with all before it, and no event tells of their removal.',
    }
  }
  return null
}

function removal(event: ChainedEvent): Link {
  const { through, hash } = JSON.parse(event.detail)
  return { seq: through, hash }
}
