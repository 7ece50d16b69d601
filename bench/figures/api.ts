import type { Page } from '@keyroster/api/page.ts'
import type { User } from '@keyroster/api/users.ts'
import { hashToken } from '@keyroster/server/src/admins/secret-token.ts'
import type { Database } from '@keyroster/server/src/db/open.ts'
import { call } from '../import.ts'
import { percentile, timed } from '../percentile.ts'
import { type Figure, milliseconds, target, times, whole } from '../table.ts'
import { type ListKind, listKinds, type UserList } from '../user-lists.ts'
import type { Workspace } from '../workspace.ts'

/** Pages of each kind that are asked for; the first ones, which find that kind's statements and rows cold, do not count. */
const SAMPLES = 1_300
const WARMING = 300

/** Pages that are asked for before: a process that has just been started compiles what it runs while it answers. */
const STARTING = 5_000

const columns = `id, display_name, email, user_principal_name, job_title, department, status, source, created_at, updated_at`

interface Measured {
  kind: string
  /** Milliseconds. */
  api: { p50: number; p95: number }
  byHand: { p50: number; p95: number }
}

/** Pages of users through the API beside the same SQL by hand, one of each in turn. */
export async function apiFigure({ panel, database }: Workspace): Promise<Figure> {
  await database.pool.query('vacuum analyze users')
  const { rows } = await database.pool.query<{ user_count: number }>('select user_count from workspaces')
  const { user_count } = rows[0]!
  const sessionHash = hashToken(panel.ready.cookie.split('=')[1]!)
  const askApi = ({ path }: UserList) => call<Page<User>>(panel.ready, 'GET', path)
  const askDatabase = (list: UserList) => askByHand(database, sessionHash, list)
  const kinds = await listKinds(database, SAMPLES)
  const firstPage = kinds[0]!.lists[0]!
  for (let page = 0; page < STARTING; page += 1) {
    await askApi(firstPage)
    await askDatabase(firstPage)
  }
  const measured: Measured[] = []
  for (const kind of kinds) measured.push(await measure(kind, askApi, askDatabase))
  return {
    name: 'api',
    title: `GET /api/users, ${whole(user_count)} users, p95 of ${SAMPLES - WARMING}`,
    rows: [['', 'API', 'SQL by hand', 'ratio', ''], ...measured.map(row)],
    data: measured,
  }
}

async function measure(
  { name, lists }: ListKind,
  askApi: (list: UserList) => Promise<unknown>,
  askDatabase: (list: UserList) => Promise<unknown>,
): Promise<Measured> {
  const api: number[] = []
  const byHand: number[] = []
  for (const list of lists) {
    // Whoever comes second finds the rows warm: each is second every other time.
    const isFirst = api.length % 2 === 0
    if (isFirst) api.push(await timed(() => askApi(list)))
    byHand.push(await timed(() => askDatabase(list)))
    if (!isFirst) api.push(await timed(() => askApi(list)))
  }
  const of = (samples: number[]) => ({
    p50: percentile(samples.slice(WARMING), 0.5),
    p95: percentile(samples.slice(WARMING), 0.95),
  })
  return { kind: name, api: of(api), byHand: of(byHand) }
}

/**
 * Who asks, then a page, and how many there are: at the same time, or where a search is asked for, only if its page does not hold
 * all. The statements that the API answers from.
 */
async function askByHand({ pool }: Database, sessionHash: Buffer, { condition, values }: UserList) {
  const { rows } = await pool.query<{ workspace_id: string }>(
    `select a.workspace_id from sessions s join admins a on a.id = s.admin_id
     where s.id_hash = $1 and s.expires_at > now() and a.disabled_at is null`,
    [sessionHash],
  )
  const workspaceId = rows[0]!.workspace_id
  const where = `workspace_id = $1 and ${condition}`
  const page = pool.query(`select ${columns} from users where ${where} order by name_folded, id limit 51`, [
    workspaceId,
    ...values,
  ])
  if (!condition.startsWith('search')) {
    await Promise.all([page, pool.query('select user_count from workspaces where id = $1', [workspaceId])])
  } else if ((await page).rows.length > 50) {
    await pool.query(`select count(*) from (select from users where ${where} limit 10001) counted`, [
      workspaceId,
      ...values,
    ])
  }
}

function row({ kind, api, byHand }: Measured): string[] {
  const ratio = api.p95 / byHand.p95
  const judged = `${target('≤ 2 ×', ratio <= 2)}; ${target('≤ 50 ms', api.p95 <= 50)}`
  return [kind, milliseconds(api.p95), milliseconds(byHand.p95), times(ratio), judged]
}
