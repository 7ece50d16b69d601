import { createHash } from 'node:crypto'
import { waitForDelays } from '../play-faults.ts'
import type { LoggedRequest } from '../request-log.ts'
import type { World } from '../world.ts'
import { answerGraph, authenticate, type Caller } from './answer.ts'
import { badUrl, errorBody, GraphError } from './errors.ts'
import type { GraphAnswer, GraphRequest } from './exchange.ts'
import { answerHeaders, requestIds } from './headers.ts'
import type { Budgets } from './throttle.ts'

const MOST_PARTS = 20

interface Part {
  id: string
  /** What it asks for, as if by itself. */
  call: Pick<LoggedRequest, 'method' | 'path' | 'query'>
  headers: Record<string, string>
  dependsOn: string[]
}

/** The answer to a batch, with its parts for the log. Parts fail by themselves; only malformed batches are refused. */
export async function answerBatch(
  world: World,
  budgets: Budgets,
  request: GraphRequest,
  text: string,
): Promise<GraphAnswer & Pick<LoggedRequest, 'parts'>> {
  const ids = requestIds(request.headers['client-request-id'])
  try {
    const caller = await authenticate(world, request)
    const parts = readParts(text)
    const answers = new Map<string, GraphAnswer>()
    for (const part of parts)
      answers.set(part.id, await answerPart(world, budgets, request, caller, part, answers))
    const body = {
      responses: inAnyOrder(parts, ids.requestId).map(({ id }) => partBody(id, answers.get(id)!)),
    }
    const cost = [...answers.values()].reduce((sum, answer) => sum + answer.cost, 0)
    const headers = {
      ...answerHeaders({ status: 200, body, cost: 0 }, ids),
      'content-type': 'application/json',
    }
    return { status: 200, headers, body, cost, parts: parts.map(({ call }) => call) }
  } catch (error) {
    if (!(error instanceof GraphError)) throw error
    const body = errorBody(error, ids, world.now())
    const headers = { ...answerHeaders({ status: error.status, body, cost: 0 }, ids), ...error.headers }
    return { status: error.status, headers, body, cost: 0 }
  }
}

async function answerPart(
  world: World,
  budgets: Budgets,
  batch: GraphRequest,
  caller: Caller,
  part: Part,
  answers: ReadonlyMap<string, GraphAnswer>,
): Promise<GraphAnswer> {
  if (part.dependsOn.some((id) => (answers.get(id)?.status ?? 400) >= 400))
    return failedDependency(world, batch)
  const effects = world.faults.strike(part.call)
  await waitForDelays(effects)
  return answerGraph(world, budgets, { ...part.call, headers: part.headers, effects }, caller)
}

function failedDependency(world: World, batch: GraphRequest): GraphAnswer {
  const ids = requestIds(batch.headers['client-request-id'])
  const error = new GraphError(424, 'FailedDependency', 'A request that this one depends on failed.')
  const body = errorBody(error, ids, world.now())
  return { status: 424, headers: answerHeaders({ status: 424, body, cost: 0 }, ids), body, cost: 0 }
}

/**
 * Batches answer in any order: shuffled, so that no client relies on one.
 * https://learn.microsoft.com/en-us/graph/json-batching
 */
function inAnyOrder(parts: readonly Part[], salt: string): Part[] {
  const rank = ({ id }: Part) => createHash('md5').update(`${salt} ${id}`).digest('hex')
  return [...parts].sort((one, other) => (rank(one) < rank(other) ? -1 : 1))
}

function partBody(id: string, { status, headers, body }: GraphAnswer): unknown {
  return { id, status, headers: partHeaders(headers), body }
}

const SHOWN = new Set(['cache-control', 'content-type', 'odata-version', 'retry-after', 'x-ms-resource-unit'])

function partHeaders(headers: Record<string, string>): Record<string, string> {
  const shown = Object.entries(headers).filter(
    ([name]) => SHOWN.has(name) || name.startsWith('x-ms-throttle'),
  )
  return Object.fromEntries(shown.map(([name, value]) => [titleCase(name), value]))
}

function titleCase(name: string): string {
  return name === 'x-ms-resource-unit' ? name : name.replace(/(^|-)[a-z]/g, (first) => first.toUpperCase())
}

/** Reads the parts in an order in which each comes after those it depends on. */
function readParts(text: string): Part[] {
  const requests = parseRequests(text)
  if (requests.length > MOST_PARTS) {
    throw badUrl(`Number of batch request steps exceeds the maximum value of ${MOST_PARTS}.`)
  }
  const parts = requests.map(readPart)
  const known = new Set<string>()
  for (const { id, dependsOn } of parts) {
    if (known.has(id)) throw badUrl(`Request Id '${id}' is not unique.`)
    if (dependsOn.some((other) => !known.has(other))) {
      throw badUrl(`Request '${id}' depends on a request that does not come before it.`)
    }
    known.add(id)
  }
  return parts
}

function parseRequests(text: string): unknown[] {
  const body = parseJson(text)
  const requests = isRecord(body) ? body.requests : undefined
  if (!Array.isArray(requests) || requests.length === 0) throw badUrl('Invalid batch payload format.')
  return requests
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw badUrl('Invalid batch payload format.')
  }
}

function readPart(value: unknown): Part {
  if (!isRecord(value)) throw badUrl('Invalid batch payload format.')
  const { id, method, url, headers, dependsOn } = value
  if (
    typeof id !== 'string' ||
    typeof method !== 'string' ||
    typeof url !== 'string' ||
    !url.startsWith('/')
  ) {
    throw badUrl('Invalid batch payload format.')
  }
  if (/^\/(\$|%24)batch/i.test(url)) throw badUrl('Batches cannot be nested.')
  const [path = '', query = ''] = `/v1.0${url}`.split(/\?(.*)/s)
  return {
    id,
    call: { method: method.toUpperCase(), path, query },
    headers: isRecord(headers) ? lowerCased(headers) : {},
    dependsOn: Array.isArray(dependsOn) ? dependsOn.map(String) : [],
  }
}

function lowerCased(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
  )
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
