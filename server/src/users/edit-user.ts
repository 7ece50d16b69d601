import type { UpdateUser, UserDetail } from '@keyroster/api/users.ts'
import type { FastifyRequest } from 'fastify'
import { sql, type Updateable } from 'kysely'
import { audit } from '../audit/record.ts'
import { lockWorkspace } from '../db/lock-workspace.ts'
import type { Db, Schema, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { managedByDirectory } from '../problem.ts'
import { columnOf } from './attributes.ts'
import { claimEmail } from './claim-email.ts'
import { foldName, searchText } from './fold.ts'
import { raiseRevision } from './raise-revision.ts'
import { findUser, readUser, type UserRow } from './read-user.ts'

type Columns = Updateable<Schema['users']>
type Typed = Omit<UpdateUser, 'status'>

/**
 * Edits a user. Values that are as they were already change nothing, so a form may send all it shows.
 * Throws not_found, email_already_used, and managed_by_directory for what the next import would overwrite.
 */
export async function editUser(
  db: Db,
  request: FastifyRequest,
  id: string,
  { status, ...input }: UpdateUser,
): Promise<UserDetail> {
  const { admin } = request
  return transaction(db, async (tx) => {
    // The lock that raiseRevision takes, before looking; the revision itself rises only where something changes.
    await lockWorkspace(tx, admin.workspaceId)
    const before = await findUser(tx, admin.workspaceId, id)
    const typed = whatDiffers(before, input)
    refuseDirectoryAttributes(before, typed)
    const columns = { ...(await typedColumns(tx, before, typed)), ...statusColumns(before, status) }
    if (Object.keys(columns).length > 0) {
      await raiseRevision(tx, admin.workspaceId)
      await tx
        .updateTable('users')
        .set({ ...columns, version: before.version + 1, updated_at: sql`now()` })
        .where('workspace_id', '=', admin.workspaceId)
        .where('id', '=', id)
        .execute()
      await audit(tx, {
        workspaceId: admin.workspaceId,
        actor: admin,
        action: 'user.edited',
        target: { kind: 'user', id, name: before.display_name },
        detail: { before: valuesBefore(before, typed, columns), after: { ...typed, status: columns.status } },
        request,
      })
    }
    return readUser(tx, admin.workspaceId, id)
  })
}

const namesOf = (typed: Typed) => Object.keys(typed) as (keyof Typed)[]

/** The attributes whose value is another now; an emptied field is no value. */
function whatDiffers(before: UserRow, input: Typed): Typed {
  const differing = Object.entries(input)
    .map(([name, value]) => [name as keyof Typed, value === '' ? null : value] as const)
    .filter(([name, value]) => value !== undefined && value !== before[columnOf[name]])
  return Object.fromEntries(differing)
}

/** What an import brought, it will bring again; only what was typed here may be typed again. */
function refuseDirectoryAttributes(before: UserRow, typed: Typed): void {
  if (before.connection_id === null) return
  const refused = namesOf(typed).filter((name) => !before.manual_attributes.includes(name))
  if (refused.length > 0) throw managedByDirectory(refused)
}

async function typedColumns(tx: Tx, before: UserRow, typed: Typed): Promise<Columns> {
  if (namesOf(typed).length === 0) return {}
  const columns: Columns = Object.fromEntries(namesOf(typed).map((name) => [columnOf[name], typed[name]]))
  if (typed.email !== undefined) {
    columns.email_folded = await claimEmail(tx, before.workspace_id, typed.email, before.id)
  }
  const name = typed.displayName ?? before.display_name
  return {
    ...columns,
    name_folded: foldName(name),
    search: searchText(name, typed.email ?? before.email, before.user_principal_name),
    manual_attributes: manualAttributes(before, typed),
  }
}

/** Of an imported person, which attributes were typed here; an emptied one waits for the directory again. */
function manualAttributes(before: UserRow, typed: Typed): string[] {
  if (before.source === 'manual') return before.manual_attributes
  const kept = before.manual_attributes.filter((name) => !(name in typed))
  return [...kept, ...namesOf(typed).filter((name) => typed[name] !== null)]
}

function statusColumns(before: UserRow, status: UpdateUser['status']): Columns {
  if (status === undefined || status === before.status) return {}
  return { status, suspended_by: status === 'suspended' ? 'admin' : null }
}

function valuesBefore(before: UserRow, typed: Typed, columns: Columns): Record<string, unknown> {
  const values = Object.fromEntries(namesOf(typed).map((name) => [name, before[columnOf[name]]]))
  return columns.status === undefined ? values : { ...values, status: before.status }
}
