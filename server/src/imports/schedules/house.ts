import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Emulator, startEmulator } from 'entra-emulator'
import type pg from 'pg'
import { startSession } from '../../admins/sessions.ts'
import type { Database } from '../../db/open.ts'
import { type Call, callWith, testPanelOn } from '../../http/test-panel.ts'
import type { Panel } from '../../panel.ts'
import { foldEmail } from '../../users/fold.ts'
import { insertConnection } from '../test-import.ts'
import type { DrawnWorkspace } from './draw-workspace.ts'
import { tablesOfWorkspaces } from './standing.ts'

/** What many schedules share: a database, the API on it, and somewhere no token may ever arrive. */
export interface House {
  panel: Panel
  pool: pg.Pool
  tables: string[]
  foreign: { origin: string; requests: string[] }
  /** A workspace of a schedule's own with an admin signed in, and these rows. */
  settle(rows: DrawnWorkspace, tenantId: string, adminEmail: string | null): Promise<Workspace>
  /** An emulated tenant that nobody uses at the moment; to be given back empty. */
  borrowEmulator(): Promise<Emulator>
  giveBack(emulator: Emulator): void
  close(): Promise<void>
}

export interface Workspace {
  id: string
  call: Call
}

/** Opens a house on a migrated database, and closes that database with it. */
export async function openHouse(database: Database): Promise<House> {
  const test = await testPanelOn(database)
  const { pool } = database
  const listener = await listenAbroad()
  const free: Emulator[] = []
  const all: Emulator[] = []
  return {
    panel: test.panel,
    pool,
    tables: await tablesOfWorkspaces(pool),
    foreign: listener,
    async settle(rows, tenantId, adminEmail) {
      const [id, adminId] = [randomUUID(), randomUUID()]
      await pool.query(`insert into workspaces (id, name) values ($1, 'Contoso')`, [id])
      await pool.query(
        `insert into admins (id, workspace_id, name, role, email, email_folded) values ($1, $2, 'Operator', 'owner', $3, $4)`,
        [adminId, id, adminEmail, foldEmail(adminEmail)],
      )
      await insertRows(pool, id, rows, tenantId)
      const token = await startSession(database.db, adminId)
      return { id, call: callWith(test.app, `keyroster=${token}`) }
    },
    async borrowEmulator() {
      const emulator =
        free.pop() ?? (await startEmulator({ seed: { users: 0, groups: 0 }, granted: true, throttle: false }))
      if (!all.includes(emulator)) all.push(emulator)
      return emulator
    },
    giveBack: (emulator) => void free.push(emulator),
    close: async () => {
      await listener.close()
      await Promise.all(all.map((emulator) => emulator.close()))
      await test.close()
    },
  }
}

async function listenAbroad() {
  const requests: string[] = []
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = () => new Promise((resolve) => server.close(resolve))
  return { origin: `http://127.0.0.1:${port}`, requests, close }
}

async function insertRows(
  pool: pg.Pool,
  workspaceId: string,
  rows: DrawnWorkspace,
  tenantId: string,
): Promise<void> {
  const insert = async (table: string, records: object[]) => {
    const columns = Object.keys(records[0] ?? {}).join(', ')
    if (columns === '') return
    await pool.query(
      `insert into ${table} (workspace_id, ${columns}) select $1, ${columns} from jsonb_populate_recordset(null::${table}, $2)`,
      [workspaceId, JSON.stringify(records)],
    )
  }
  await insert('users', rows.users)
  await insert(
    'groups',
    rows.groups.map((group) => ({
      ...group,
      tenant_id: tenantId,
      name_folded: group.display_name,
      kind: 'security',
    })),
  )
  await insert('group_members', rows.members)
}

export const connectTo = (house: House, workspace: Workspace, emulator: Emulator): Promise<string> =>
  insertConnection(house.panel, workspace.id, emulator)
