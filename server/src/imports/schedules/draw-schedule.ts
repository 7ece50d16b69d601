import type { Mode } from '@keyroster/api/imports.ts'
import type { Fault, FaultEffect } from 'entra-emulator/faults'
import { type Draw, drawFrom } from './draw.ts'
import { type DrawnTenant, drawTenant } from './draw-tenant.ts'
import { type DrawnWorkspace, drawWorkspace } from './draw-workspace.ts'

export interface Wish {
  /** The groups chosen, or null for all users. */
  groups: { id: string; displayName: string }[] | null
  mode: Mode
  includeGuests: boolean
  includeDisabled: boolean
}

/**
 * What stops a server at its nth statement to the database. crash: it dies before sending it, or right after, and gives
 * nothing back · asleep: it stands still until its lease is over and another works, then goes on · stop: it is told to
 * end, as by SIGTERM.
 */
export interface Interruption {
  kind: 'crash-before' | 'crash-after' | 'asleep' | 'stop'
  statement: number
}

/** Everything that is to happen in one import, drawn beforehand. */
export interface Schedule {
  seed: number
  tenant: DrawnTenant
  workspace: DrawnWorkspace
  /** Rows of another workspace on the same database, about the same tenant. */
  bystanders: DrawnWorkspace
  adminEmail: string | null
  wish: Wish
  /** Chosen groups whose members Graph refuses to say. */
  forbidden: string[]
  /** A chosen group that Graph shows no more from its nth page on, or that is deleted. */
  closing: { id: string; nth: number; status: 403 | 404 } | null
  /** Chosen groups that do not exist. */
  gone: string[]
  /** Whether the app may see who is in hidden groups. */
  seesHidden: boolean
  largestPage: number
  peoplePerBatch: number
  faults: Fault[]
  /** A fault after which nothing may go on. */
  foreignLink: boolean
  interruptions: { scanning: Interruption[]; applying: Interruption[] }
  /** Two servers at work on one database at once. */
  racing: boolean
  /** How often somebody edits users between review and confirmation. */
  edits: number
  /** Whether somebody edits users after confirmation, before anything is written. */
  editsLate: boolean
  cancel: { during: 'scanning' | 'ready' | 'applying'; statement: number } | null
}

/** Draws the schedule of a seed, the same each time but for the ids of rows. */
export function drawSchedule(seed: number, tenantId: string): Schedule {
  const draw = drawFrom(seed)
  const tenant = drawTenant(draw)
  const gone = draw.chance(0.1) ? [draw.uuid()] : []
  const wish = drawWish(draw, tenant, gone)
  const chosen = wish.groups?.map((group) => group.id).filter((id) => !gone.includes(id)) ?? []
  const foreignLink = draw.chance(0.08)
  const forbidden = draw.some(chosen, 0.1)
  return {
    seed,
    tenant,
    workspace: drawWorkspace(draw, tenant, tenantId),
    bystanders: drawWorkspace(draw, tenant, tenantId),
    adminEmail: draw.chance(0.4) ? (draw.pick(tenant.people).mail?.toLowerCase() ?? null) : null,
    wish,
    gone,
    forbidden,
    closing: drawClosing(draw, tenant, chosen),
    seesHidden: draw.chance(0.5),
    largestPage: draw.int(3, 30),
    peoplePerBatch: draw.int(3, 30),
    faults: foreignLink ? [] : drawFaults(draw),
    foreignLink,
    interruptions: { scanning: drawInterruptions(draw, 40), applying: drawInterruptions(draw, 60) },
    racing: draw.chance(0.3),
    edits: draw.pick([0, 0, 1, 2]),
    editsLate: draw.chance(0.3),
    cancel: draw.chance(0.15)
      ? { during: draw.pick(['scanning', 'ready', 'applying'] as const), statement: draw.int(3, 30) }
      : null,
  }
}

function drawWish(draw: Draw, tenant: DrawnTenant, gone: string[]): Wish {
  const some = draw.some(tenant.groups, 0.5).map(({ id, displayName }) => ({ id, displayName }))
  const groups = [...some, ...gone.map((id) => ({ id, displayName: 'Gone' }))]
  return {
    groups: groups.length > 0 && draw.chance(0.6) ? groups : null,
    mode: draw.pick(['new', 'new-and-existing', 'new-and-existing', 'existing'] as const),
    includeGuests: draw.chance(0.4),
    includeDisabled: draw.chance(0.4),
  }
}

/** Of a hidden group it would look like what Graph hides anyway. */
function drawClosing(draw: Draw, { groups }: DrawnTenant, chosen: string[]): Schedule['closing'] {
  const visible = chosen.filter((id) => groups.some((group) => group.id === id && !group.hidden))
  if (visible.length === 0 || !draw.chance(0.25)) return null
  return { id: draw.pick(visible), nth: draw.int(1, 3), status: draw.pick([403, 404] as const) }
}

/** Those that make a client wait a second or more. */
const slow: FaultEffect[] = [
  { kind: 'status', status: 503 },
  { kind: 'status', status: 504 },
  { kind: 'status', status: 429, retryAfter: '0.7' },
  { kind: 'status', status: 429 },
  { kind: 'reset' },
  { kind: 'truncate' },
  { kind: 'html' },
  { kind: 'empty' },
  { kind: 'status', status: 200, body: { error: { code: 'UnknownError', message: '' } } },
]
const quick: FaultEffect[] = [
  { kind: 'duplicate-rows' },
  { kind: 'empty-page' },
  { kind: 'expired-skiptoken' },
  { kind: 'delay', ms: 40 },
]

function drawFaults(draw: Draw): Fault[] {
  const route = () => draw.pick(['users', 'members', 'batch', 'batch'])
  const waits = draw.pick([0, 0, 1, 1, 2])
  return [
    ...Array.from({ length: waits }, () => ({
      route: route(),
      nth: draw.int(1, 8),
      effect: draw.pick(slow),
    })),
    ...Array.from({ length: draw.int(0, 2) }, () => ({
      route: route(),
      nth: draw.int(1, 6),
      effect: draw.pick(quick),
    })),
    // A token may be refused once; twice would mean that it is no token.
    ...(draw.chance(0.1) ? [{ route: 'users', nth: draw.int(1, 4), effect: tokenRefused }] : []),
    ...(draw.chance(0.1) ? [{ route: 'token', nth: 1, effect: draw.pick(slow) }] : []),
  ]
}

const tokenRefused: FaultEffect = { kind: 'status', status: 401, code: 'InvalidAuthenticationToken' }

function drawInterruptions(draw: Draw, latest: number): Interruption[] {
  return Array.from({ length: draw.pick([0, 0, 1, 2, 3]) }, () => ({
    kind: draw.pick(['crash-before', 'crash-after', 'asleep', 'asleep', 'stop'] as const),
    statement: draw.int(1, latest),
  }))
}
