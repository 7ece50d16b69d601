import type { CheckResult, CheckRow, PermissionName } from '@keyroster/api/connections.ts'
import { z } from 'zod'
import { cleanText } from './clean-text.ts'
import { CLOCK_TOLERANCE, type DirectorySession } from './directory-session.ts'
import { createGraph, type Graph } from './graph-client.ts'
import { GraphError } from './graph-error.ts'
import { retrying } from './retry.ts'

/** What Entra says about the tenant itself. */
interface Organization {
  displayName: string
  /** Lower-case names. */
  verifiedDomains: string[]
}

export interface CheckedDirectory {
  result: CheckResult
  /** Null where it could not be read. */
  organization: Organization | null
}

/** Somebody waits for it, so it gives up sooner than an import. */
const PATIENCE = 10_000

const organizations = z.object({
  value: z.tuple([
    z.object({
      id: z.guid().toLowerCase(),
      displayName: z.string().nullish(),
      verifiedDomains: z.array(z.object({ name: z.string() })).nullish(),
    }),
  ]),
})

/**
 * Tries what the panel needs: a new token, then one real call for each permission. Failures are rows, each with the deed
 * that mends it; throws only when aborted.
 */
export async function checkDirectory(
  session: DirectorySession,
  signal?: AbortSignal,
): Promise<CheckedDirectory> {
  const options = { signal, patience: PATIENCE, urgent: true }
  const graph = createGraph(session)
  session.token.forget()
  const token = await probe('sign-in', async () => {
    await retrying(session.governor, options, 0, () => session.token.current())
    return 'Microsoft issued a token for the app.'
  })
  if (!token.row.works) {
    const untried = permissionOrder.map((subject) => notTried(subject))
    return { result: resultOf([token, ...untried]), organization: null }
  }

  let organization: Organization | null = null
  const probes = await Promise.all([
    probe('User.Read.All', () => readSome(graph, 'users', options)),
    probe('GroupMember.Read.All', () => readSome(graph, 'groups', options)),
    probe('Organization.Read.All', async () => {
      organization = await readOrganization(graph, options)
      return `Read the organization ${organization.displayName}.`
    }),
  ])
  const signIn = { ...token, row: { ...token.row, ...clockFinding(session) } }
  return { result: resultOf([signIn, ...probes]), organization }
}

const permissionOrder: PermissionName[] = ['User.Read.All', 'GroupMember.Read.All', 'Organization.Read.All']

interface Probe {
  row: CheckRow
  requestId: string | null
}

async function probe(subject: CheckRow['subject'], attempt: () => Promise<string>): Promise<Probe> {
  try {
    const finding = await attempt()
    return { row: { subject, works: true, code: null, finding, remedy: null }, requestId: null }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    return failedProbe(subject, error)
  }
}

function failedProbe(subject: CheckRow['subject'], error: GraphError): Probe {
  const { code, finding, remedy, requestId } = error
  return { row: { subject, works: false, code, finding, remedy }, requestId }
}

function notTried(subject: PermissionName): Probe {
  const finding = 'Not tried, because signing in failed.'
  return { row: { subject, works: false, code: null, finding, remedy: null }, requestId: null }
}

function resultOf(probes: Probe[]): CheckResult {
  return {
    checkedAt: new Date().toISOString(),
    healthy: probes.every(({ row }) => row.works),
    rows: probes.map(({ row }) => row),
    requestId: probes.find(({ requestId }) => requestId !== null)?.requestId ?? null,
  }
}

/** The check of a sign-in that went wrong before anything else could be tried. */
export function failedSignIn(error: GraphError): CheckResult {
  return resultOf([failedProbe('sign-in', error), ...permissionOrder.map(notTried)])
}

async function readSome(
  graph: Graph,
  what: 'users' | 'groups',
  options: { signal?: AbortSignal; patience: number },
): Promise<string> {
  const select = what === 'users' ? 'id,userPrincipalName,accountEnabled' : 'id,displayName'
  const path = `/${what}?$select=${select}&$top=1&$count=true`
  const { count } = await graph.page(path, { ...options, eventual: true })
  return count === null
    ? `Read ${what}.`
    : `Read ${count.toLocaleString('en')} ${count === 1 ? what.slice(0, -1) : what}.`
}

async function readOrganization(
  graph: Graph,
  options: { signal?: AbortSignal; patience: number },
): Promise<Organization> {
  const body = await graph.get('/organization?$select=id,displayName,verifiedDomains', options)
  const parsed = organizations.safeParse(body)
  if (!parsed.success) {
    throw new GraphError({
      code: 'microsoft_failed',
      finding: 'Microsoft’s answer about the organization cannot be read.',
      cause: parsed.error,
    })
  }
  const [{ id, displayName, verifiedDomains }] = parsed.data.value
  if (id !== graph.tenantId) {
    throw new GraphError({
      code: 'tenant_mismatch',
      finding: 'The organization that answered is not the tenant of this connection.',
      remedy: 'Delete this connection and connect the tenant anew.',
    })
  }
  // With a lesser permission Graph leaves out names instead of refusing.
  return {
    displayName: cleanText(displayName ?? graph.tenantId),
    verifiedDomains: (verifiedDomains ?? []).map(({ name }) => cleanText(name.toLowerCase())),
  }
}

/** A wrong clock does not stop a secret from working, but it will stop a certificate, and it dates every log line. */
function clockFinding(session: DirectorySession): Partial<CheckRow> {
  const ahead = session.clockAhead ?? 0
  if (Math.abs(ahead) <= CLOCK_TOLERANCE) return {}
  const minutes = Math.round(Math.abs(ahead) / 60_000)
  return {
    code: 'clock_off',
    finding: `Microsoft issued a token, but this machine’s clock is ${minutes} minutes ${ahead > 0 ? 'ahead' : 'behind'}.`,
    remedy: 'Set the clock of the machine that runs the panel, for example by NTP.',
  }
}
