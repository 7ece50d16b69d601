import { PAGE_SIZE, type Page } from '@keyroster/api/page.ts'
import type { User, userQuery } from '@keyroster/api/users.ts'
import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { prepared, preparedFor } from '../db/prepared.ts'
import type { Db } from '../db/schema.ts'
import { cutPage, decodeCursor } from '../http/cursor.ts'
import { containing } from './containing.ts'

type Query = z.infer<typeof userQuery>

/** What a list shows of a person, and what it is sorted by. */
interface Row {
  id: string
  display_name: string
  email: string | null
  user_principal_name: string | null
  job_title: string | null
  department: string | null
  status: User['status']
  source: User['source']
  created_at: Date
  updated_at: Date
  sort_key: string | null
}

/**
 * One page of a workspace's users. The cursor holds the last row's sort key and id, so a page costs the same anywhere in
 * the list, and people who are added meanwhile neither hide nor repeat anybody.
 */
export async function listUsers(db: Db, workspaceId: string, query: Query): Promise<Page<User>> {
  const order = orders[query.sort.replace('-', '') as keyof typeof orders]
  const cursor = decodeCursor(cursorKeys[query.sort]!, query.cursor)
  const listed = selectPage(workspaceId, query, order, cursor).execute(db)
  const counted = countUsers(db, workspaceId, query, cursor === null ? listed : null)
  const [{ rows }, count] = await Promise.all([listed, counted])
  const { shown, next } = cutPage(rows, query.limit, (row) => [query.sort, row.sort_key, row.id])
  return { items: shown.map(asUser), ...count, next }
}

/** How many everybody were when they were last counted, by workspace. */
const everybody = new Map<string, number>()

/** The rows of a page, and one more where more come. */
function selectPage(
  workspaceId: string,
  query: Query,
  { column, mayBeNull, keepsPlan }: Order,
  cursor: Cursor | null,
): RawBuilder<Row> {
  const descending = query.sort.startsWith('-')
  const where = filters(workspaceId, query)
  const direction = sql.raw(descending ? 'desc nulls first' : 'asc nulls last')
  // As a parameter it would be unknown to a plan that is kept, which PostgreSQL would then hardly keep.
  const limit = sql.lit(query.limit + 1)
  const ranges = cursor === null ? [sql`true`] : after(column, mayBeNull, descending, cursor[1], cursor[2])
  const parts = ranges.map(
    (range) => sql<Row>`
      select u.id, u.display_name, u.email, u.user_principal_name, u.job_title, u.department, u.status, u.source,
        u.created_at, u.updated_at, ${column} as sort_key
      from workspace_users u where ${where} and ${range}
      order by ${column} ${direction}, u.id ${direction} limit ${limit}`,
  )
  const page = sql<Row>`
    select * from (${sql.join(
      parts.map((part) => sql`(${part})`),
      sql` union all `,
    )}) page
    order by sort_key ${direction}, id ${direction} limit ${limit}`
  // Other sizes would each be one more statement to keep.
  const isKept = keepsPlan && isEverybody(query) && query.limit === PAGE_SIZE
  return sql<Row>`${isKept ? preparedFor(everybody.get(workspaceId) ?? 0) : sql``} ${parts.length === 1 ? parts[0]! : page}`
}

const isEverybody = ({ search, status, source, group }: Query) => !search && !status && !source && !group

/** How far a narrowed list is counted: beyond, the number would take longer than the page and tell as little. */
const MOST_COUNTED = 10_000

type Count = { total: number; atLeast?: true }

/** Everybody is a number that is kept. Of fewer, a first page that holds all of them has counted them. */
async function countUsers(
  db: Db,
  workspaceId: string,
  query: Query,
  firstPage: Promise<{ rows: Row[] }> | null,
): Promise<Count> {
  if (isEverybody(query)) return countEverybody(db, workspaceId)
  const first = await firstPage
  if (first && first.rows.length <= query.limit) return { total: first.rows.length }
  return countMatching(db, workspaceId, query)
}

async function countEverybody(db: Db, workspaceId: string): Promise<Count> {
  const { rows } = await sql<Count>`${prepared}
    select user_count as total from workspaces where id = ${workspaceId}`.execute(db)
  const count = rows[0]!
  everybody.set(workspaceId, count.total)
  return count
}

async function countMatching(db: Db, workspaceId: string, query: Query): Promise<Count> {
  const { rows } = await sql<{ total: number }>`
    select count(*) as total from (
      select from workspace_users u where ${filters(workspaceId, query)} limit ${MOST_COUNTED + 1}) counted`.execute(
    db,
  )
  const { total } = rows[0]!
  return total <= MOST_COUNTED ? { total } : { total: MOST_COUNTED, atLeast: true }
}

interface Order {
  column: RawBuilder<unknown>
  key: z.ZodType<string | null>
  mayBeNull: boolean
  /** Whether one plan is as good for all workspaces: a workspace of few is sorted, where one of many is walked by id. */
  keepsPlan: boolean
}

/** The order of the list, then the sort key and the id of the last row that was shown. */
type Cursor = [string, string | null, string]

const orders: Record<'name' | 'email' | 'created', Order> = {
  name: { column: sql`u.name_folded`, key: z.string(), mayBeNull: false, keepsPlan: true },
  email: { column: sql`u.email_folded`, key: z.string().nullable(), mayBeNull: true, keepsPlan: true },
  // Ids are made in order of time, so that this order needs no index of its own.
  created: { column: sql`u.id`, key: z.uuid(), mayBeNull: false, keepsPlan: false },
}

/** The keys of a cursor by the order of its list. Made once: making a schema takes longer than reading a cursor by it. */
const cursorKeys = Object.fromEntries(
  Object.entries(orders).flatMap(([name, { key }]) =>
    [name, `-${name}`].map((sort) => [sort, z.tuple([z.literal(sort), key, z.uuid()])] as const),
  ),
)

/** What comes after a row, as ranges that each follow an index: people without a sort key are a range of their own. */
function after(
  column: RawBuilder<unknown>,
  mayBeNull: boolean,
  descending: boolean,
  key: string | null,
  id: string,
): RawBuilder<unknown>[] {
  const beyond = sql.raw(descending ? '<' : '>')
  const rest =
    key === null
      ? sql`${column} is null and u.id ${beyond} ${id}::uuid`
      : sql`(${column}, u.id) ${beyond} (${key}, ${id}::uuid)`
  if (!mayBeNull) return [rest]
  if (key !== null && !descending) return [rest, sql`${column} is null`]
  if (key === null && descending) return [rest, sql`${column} is not null`]
  return [rest]
}

function filters(workspaceId: string, query: Query): RawBuilder<unknown> {
  const all = [sql`u.workspace_id = ${workspaceId}`, containing(sql`u.search`, query.search)]
  if (query.status) all.push(sql`u.status = ${query.status}`)
  if (query.source) all.push(sql`u.source = ${query.source}`)
  if (query.group) {
    all.push(sql`exists (
      select from group_members m
      where m.workspace_id = u.workspace_id and m.user_id = u.id and m.group_id = ${query.group})`)
  }
  return sql.join(all, sql` and `)
}

/** A person as lists show them, and as the beginning of everything that is told of one. */
export function asUser(row: Omit<Row, 'sort_key'>): User {
  return {
    id: row.id,
    displayName: row.display_name,
    email: row.email,
    userPrincipalName: row.user_principal_name,
    jobTitle: row.job_title,
    department: row.department,
    status: row.status,
    source: row.source,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  }
}
