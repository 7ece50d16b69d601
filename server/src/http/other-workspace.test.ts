import type { RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { digestsOf, fillWorkspace, type IdsOfWorkspace, tablesOfWorkspaces } from '../db/test-workspace.ts'
import { createTestPanel, type TestPanel } from './test-panel.ts'
import { routesOf, type TestRoute } from './test-routes.ts'

/** A request that names something by its id, with what fills the ids. */
interface Swap {
  title: string
  in: 'path' | 'query' | 'body'
  route: TestRoute
  /** What the request names, by the word of test-workspace.ts. */
  kind: keyof IdsOfWorkspace
  ask: (id: string) => { url: string; body?: unknown }
}

let panel: TestPanel
let mine: IdsOfWorkspace
let theirs: IdsOfWorkspace
let routes: TestRoute[]

/** Opens a panel on a database where row-level security holds, or where nothing does but our own conditions. */
async function open(walled: boolean): Promise<void> {
  const seen: RouteOptions[] = []
  panel = await createTestPanel({}, (route) => seen.push(route))
  const { pool } = panel.panel.database
  mine = await fillWorkspace(pool, panel.admin.workspaceId)
  theirs = await fillWorkspace(pool)
  // Else it would be in the way of the imports that are asked for here.
  await pool.query(`update import_runs set state = 'completed', finished_at = now() where id = $1`, [
    mine.imports,
  ])
  routes = routesOf(seen).filter(({ method, config }) => method !== 'HEAD' && !config.public)
  if (walled) return
  for (const table of [...(await tablesOfWorkspaces(pool)), 'workspaces']) {
    await pool.query(`alter table ${table} disable row level security`)
  }
}

/** What a field that is an id in a body or a query names, where its name is not the word itself. */
const namedBy: Record<string, keyof IdsOfWorkspace> = {
  group: 'groups',
  groups: 'groups',
  connectionId: 'connections',
  importId: 'imports',
  ceremony: 'ceremonies',
  objectId: 'entries',
  objectIds: 'entries',
  actor: 'admins',
  target: 'users',
}

/** What an id names that stands in a field called `id`, or in several called `ids`, by the route. */
const namedByRoute: Record<string, keyof IdsOfWorkspace> = {
  'POST /api/imports': 'imports',
  'POST /api/notifications/read': 'notifications',
}

/** Ids of Microsoft's, which say nothing of any workspace, and what a browser puts into an answer of its own. */
const notOurs = /^(tenantId|clientId|response\..*|scope\.groups\[\]\.id|credential\..*)$/

/** Bodies that a route accepts, where one made from its schema would be refused for other reasons. */
const bodies: Record<string, unknown> = {
  'PATCH /api/users/:id': { jobTitle: 'Buyer' },
  'PATCH /api/connections/:id': { name: 'Renamed' },
  'POST /api/connections/:id/grant': { returnTo: '/connections' },
  'PATCH /api/admins/:id': { role: 'auditor' },
  'POST /api/imports/:id/decisions': { about: { conflict: 'email-shared' }, decision: 'skip' },
}

/** An id that is nobody's starts an import; one that is taken must be refused. */
const chosenByTheAsker = 'POST /api/imports {id}'

/** Every request that can name something of another workspace. */
function swaps(): Swap[] {
  return routes.flatMap((route) => [...inPath(route), ...inQuery(route), ...inBody(route)])
}

function inPath(route: TestRoute): Swap[] {
  const names = [...route.url.matchAll(/([^/]+)\/:(\w+)/g)]
  const at = (kind: string): keyof IdsOfWorkspace => {
    if (!(kind in theirs))
      throw new Error(
        `${route.name} has an id after "${kind}": name it in test-workspace.ts, with a row there.`,
      )
    return kind as keyof IdsOfWorkspace
  }
  return names.map(([, kind = '', parameter = '']) => ({
    title: `${route.name}, :${parameter}`,
    in: 'path',
    route,
    kind: at(kind),
    ask: (id) => ({
      url: names.reduce(
        (url, [, other = '', name = '']) =>
          url.replace(`:${name}`, name === parameter ? id : mine[at(other)]),
        route.url,
      ),
      ...(route.schema.body && { body: bodies[route.name] ?? sample(jsonSchema(route.schema.body)) }),
    }),
  }))
}

/** A stream without end answers nothing that could be compared; it reads what the list beside it reads. */
function inQuery(route: TestRoute): Swap[] {
  if (route.schema.querystring === undefined || /:|\/events$/.test(route.url)) return []
  const fields = Object.entries(jsonSchema(route.schema.querystring).properties ?? {})
  return fields
    .filter(([name, field]) => isId(field) || name === 'actor' || name === 'target')
    .map(([name]) => ({
      title: `${route.name}?${name}`,
      in: 'query',
      route,
      kind: kindOf(route, name),
      ask: (id) => ({ url: `${route.url}?${name}=${id}` }),
    }))
}

function inBody(route: TestRoute): Swap[] {
  if (route.schema.body === undefined) return []
  const schema = jsonSchema(route.schema.body)
  return idsIn(schema)
    .filter((path) => !notOurs.test(path))
    .map((path) => {
      const kind = kindOf(route, path.split('.').at(-1)!.replace('[]', ''))
      return {
        title: `${route.name} {${path}}`,
        in: 'body',
        route,
        kind,
        ask: (id: string) => ({
          url: route.url.replaceAll(
            /([^/]+)\/:(\w+)/g,
            (_, before) => `${before}/${mine[before as keyof IdsOfWorkspace]}`,
          ),
          body: sample(schema, { path, id }),
        }),
      }
    })
}

function kindOf(route: TestRoute, field: string): keyof IdsOfWorkspace {
  const kind =
    namedByRoute[route.name] !== undefined && /^ids?$/.test(field) ? namedByRoute[route.name] : namedBy[field]
  if (kind === undefined)
    throw new Error(`${route.name} takes an id as "${field}": say in other-workspace.test.ts what it names.`)
  return kind
}

interface JsonSchema {
  type?: string
  format?: string
  minLength?: number
  const?: unknown
  enum?: unknown[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  properties?: Record<string, JsonSchema>
  required?: string[]
  items?: JsonSchema
  default?: unknown
}

const jsonSchema = (schema: z.ZodType): JsonSchema =>
  z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema

const isId = ({ format, anyOf, oneOf, items }: JsonSchema): boolean =>
  format === 'uuid' ||
  format === 'guid' ||
  [...(anyOf ?? []), ...(oneOf ?? []), ...(items ? [items] : [])].some(isId)

/** The paths of all fields that are ids, such as `scope.importId` or `ids[]`. */
function idsIn(schema: JsonSchema, path = ''): string[] {
  const choices = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  const here = choices.flatMap((choice) => idsIn(choice, path))
  if (schema.format === 'uuid' || schema.format === 'guid' || /[iI]ds\[\]$/.test(path)) here.push(path)
  for (const [name, field] of Object.entries(schema.properties ?? {}))
    here.push(...idsIn(field, path === '' ? name : `${path}.${name}`))
  if (schema.items) here.push(...idsIn(schema.items, `${path}[]`))
  return [...new Set(here)]
}

/** The least that a schema accepts, with `id` at a path of it. */
function sample(schema: JsonSchema, put?: { path: string; id: string }, path = ''): unknown {
  if (put?.path === path) return put.id
  const leads = (way: string) =>
    put !== undefined &&
    (put.path === way || put.path.startsWith(`${way}.`) || put.path.startsWith(`${way}[`))
  const choices = schema.anyOf ?? schema.oneOf
  if (choices)
    return sample(choices.find((one) => put && idsIn(one, path).includes(put.path)) ?? choices[0]!, put, path)
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.type === 'object') {
    const fields = Object.entries(schema.properties ?? {})
      .map(([name, field]) => ({ name, field, way: path === '' ? name : `${path}.${name}` }))
      .filter(({ name, way }) => schema.required?.includes(name) || leads(way))
    return Object.fromEntries(fields.map(({ name, field, way }) => [name, sample(field, put, way)]))
  }
  if (schema.type === 'array') return [sample(schema.items ?? {}, put, `${path}[]`)]
  if (schema.type === 'boolean') return true
  if (schema.type === 'integer' || schema.type === 'number') return 1
  if (schema.format === 'uuid' || schema.format === 'guid') return mine[kindHere(path)] ?? crypto.randomUUID()
  if (schema.format === 'email') return 'adele@contoso.com'
  return 'text'.padEnd(schema.minLength ?? 0, '.')
}

/** Of an id that is not the one in question: one of our own workspace's, or a new one where the asker chooses it. */
const kindHere = (path: string): keyof IdsOfWorkspace =>
  namedBy[path.split('.').at(-1)!] ?? ('' as keyof IdsOfWorkspace)

async function send({ method }: TestRoute, { url, body }: { url: string; body?: unknown }) {
  const { status, body: answer } = await panel.call<Record<string, unknown>>(method, url, body)
  const { requestId: _, ...rest } = Object(answer)
  return { status, body: rest }
}

describe.each([
  ['behind row-level security', true],
  ['by our own conditions alone', false],
])('an id of another workspace, %s,', (_wall, walled) => {
  beforeAll(() => open(walled))
  afterAll(() => panel.close())

  it('is taken by so many routes, in paths, queries and bodies', () => {
    const many = (where: Swap['in']) => swaps().filter((swap) => swap.in === where).length
    expect(many('path')).toBeGreaterThan(25)
    expect(many('query')).toBeGreaterThan(2)
    expect(many('body')).toBeGreaterThan(3)
  })

  it('leads nowhere, exactly as an id that is nobody’s, and changes nothing there', async () => {
    const { pool } = panel.panel.database
    const before = await digestsOf(pool, theirs.workspace)
    for (const { title, in: where, route, kind, ask } of swaps()) {
      const answer = await send(route, ask(theirs[kind]))
      if (title === chosenByTheAsker)
        expect(answer).toMatchObject({ status: 400, body: { fields: [{ field: 'id' }] } })
      else expect({ title, ...answer }).toEqual({ title, ...(await send(route, ask(crypto.randomUUID()))) })
      if (where === 'path')
        expect(answer, `${title}: a body that it accepts stands in bodies`).toMatchObject({
          status: 404,
          body: { code: 'not_found' },
        })
      expect(await digestsOf(pool, theirs.workspace), title).toEqual(before)
    }
  })

  it('that is ours is found by the same requests', async () => {
    const reads = swaps().filter(
      ({ route, in: where }) =>
        route.method === 'GET' &&
        where === 'path' &&
        !/events|connections\/:id\/(groups|counts|certificate)/.test(route.url),
    )
    for (const { title, route, kind, ask } of reads)
      expect({ title, status: (await send(route, ask(mine[kind]))).status }).toEqual({ title, status: 200 })
  })
})
