import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { actors, audit, type Deed } from '../audit/record.ts'
import { panelWide } from '../db/reach.ts'
import type { Db } from '../db/schema.ts'
import type { Panel } from '../panel.ts'
import { ProblemError } from '../problem.ts'
import { problemStatus } from './problem-status.ts'
import type { SignedInAdmin } from './types.ts'

/** For how long the same refusal is counted into one event, in milliseconds. */
const WINDOW = 60_000

/** How many different refusals are told apart in one window; all others are counted together. */
const APART = 100

export interface Refusals {
  /** Records that a request was refused, or counts it where the same was recorded within the last minute. */
  record(request: FastifyRequest, error: Error): Promise<void>
  /** Records what is counted and not told yet. */
  close(): Promise<void>
}

/** A refusal without the workspace that it belongs to, which is looked up only where it is written. */
type Refusal = Omit<Deed, 'workspaceId'>

interface Counting {
  refusal: Refusal
  /** How often it happened since it was recorded. */
  repeats: number
  timer: NodeJS.Timeout
}

/**
 * Keeps the events of refused requests few, for anybody can cause them: the first of a kind is recorded at once, its
 * repeats within a minute as one event with their number, and beyond a hundred kinds at once only how many they were.
 * Counted in memory: a refusal that writes a row each time would be a way to fill the disk. What a panel that is killed
 * had counted and not told is at most a minute of repeats.
 */
export function recordRefusals({ database: { db }, log }: Panel): Refusals {
  const counted = new Map<string, Counting>()

  const write = async (refusal: Refusal) => {
    try {
      await panelWide(async () => {
        const workspaceId = await findWorkspace(db, refusal)
        if (workspaceId !== null) await audit(db, { ...refusal, workspaceId })
      })
    } catch (error) {
      log.error({ err: error, refusal: refusal.detail }, 'a refusal was not recorded')
    }
  }

  const tell = async (kind: string, { refusal, repeats, timer }: Counting) => {
    clearTimeout(timer)
    counted.delete(kind)
    if (repeats > 0) await write({ ...refusal, detail: { ...refusal.detail, times: repeats } })
  }

  return {
    record: async (request, error) => {
      if (!(error instanceof ProblemError) || !isRefusal(request, error)) return
      const apart = refusalOf(request, error)
      const [kind, refusal] =
        counted.has(kindOf(apart)) || counted.size < APART ? [kindOf(apart), apart] : ['others', others]
      const known = counted.get(kind)
      if (known) {
        known.repeats++
        return
      }
      const counting: Counting = {
        refusal,
        repeats: 0,
        timer: setTimeout(() => tell(kind, counting), WINDOW).unref(),
      }
      counted.set(kind, counting)
      await write(refusal)
    },
    close: async () => {
      await Promise.all([...counted].map(([kind, counting]) => tell(kind, counting)))
    },
  }
}

/** Who may not, is not known, or asks too often. That a page asks on after its session ended is no event. */
function isRefusal(request: FastifyRequest, { code }: ProblemError): boolean {
  if (code === 'not_signed_in' && request.method === 'GET') return false
  return [401, 403, 429].includes(problemStatus[code])
}

function refusalOf(request: FastifyRequest, { code, concerns }: ProblemError): Refusal {
  // Nobody is known before the session was looked up, and on the routes that anybody may call.
  const admin: SignedInAdmin | undefined = request.admin
  const { url: route = null } = request.routeOptions
  const signsIn = admin === undefined && route !== null && route.startsWith('/api/session')
  return {
    actor: admin ?? actors.somebody,
    action: signsIn ? 'session.refused' : 'request.refused',
    outcome: 'refused',
    ...(concerns !== undefined && { target: { kind: 'admin', id: concerns } }),
    detail: { code, method: request.method, route },
    request,
  }
}

const others: Refusal = {
  actor: actors.somebody,
  action: 'request.refused',
  outcome: 'refused',
  detail: { code: 'various' },
}

function kindOf({ actor, target, detail, request }: Refusal): string {
  return JSON.stringify([actor.id, actor.token?.id, target?.id, detail, request?.ip])
}

/** Of whoever asked, else of whom it concerns; else the first, whose operator runs the server. */
async function findWorkspace(db: Db, { actor, target }: Refusal): Promise<string | null> {
  const found = await sql<{ workspace_id: string }>`
    select coalesce(
      (select workspace_id from admins where id = ${actor.id ?? target?.id ?? null}),
      (select id from workspaces order by created_at, id limit 1)) as workspace_id`.execute(db)
  return found.rows[0]?.workspace_id ?? null
}
