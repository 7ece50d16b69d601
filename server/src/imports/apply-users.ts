import type { Outcome } from '@keyroster/api/imports.ts'
import { sql } from 'kysely'
import type { Tx } from '../db/schema.ts'
import { assignments, manualAttributesAfter, writtenColumns } from './columns.ts'
import type { Lease } from './lease.ts'

/** Somebody of a batch whose planned change was written. */
export interface Written {
  objectId: string
  userId: string
  outcome: Outcome
}

const columns = sql.raw(writtenColumns.join(', '))
const fromEntry = sql.raw(writtenColumns.map((column) => `e.${column}`).join(', '))

/**
 * Creates the people of a batch who are planned so. Nobody is created whose object id is here already, nor, unless a
 * person decided so, whose email somebody here has got since the plan was made.
 */
export async function createUsers(tx: Tx, lease: Lease, batch: string[]): Promise<Written[]> {
  const written = await sql<Written>`
    with created as (
      insert into users (workspace_id, ${columns}, status, suspended_by, source, connection_id, tenant_id, object_id, linked_at)
      select r.workspace_id, ${fromEntry},
        case when e.account_enabled is false then 'suspended' else 'active' end,
        case when e.account_enabled is false then 'import' end,
        'entra', r.connection_id, r.tenant_id, e.object_id, now()
      from import_entries e join import_runs r on r.id = e.run_id
      where e.run_id = ${lease.runId} and e.object_id = any(${batch}::uuid[]) and e.outcome is null and e.action = 'create'
        and not exists (
          select from users u where u.workspace_id = r.workspace_id and u.email_folded = e.email_folded
            and e.decision is distinct from 'create')
      order by e.name_folded
      on conflict (workspace_id, tenant_id, object_id) where object_id is not null do nothing
      returning id, object_id, version
    )
    update import_entries e set outcome = 'created', user_id = c.id, user_version = c.version
    from created c where e.run_id = ${lease.runId} and e.object_id = c.object_id
    returning e.object_id as "objectId", e.user_id as "userId", e.outcome`.execute(tx)
  return written.rows
}

/**
 * Links, updates, suspends and restores the people of a batch who are planned so, as long as each is still as the
 * reviewer saw them. A link takes only somebody who is linked to nobody.
 */
export async function updateUsers(tx: Tx, lease: Lease, batch: string[]): Promise<Written[]> {
  const written = await sql<Written>`
    with changed as (
      update users u set ${assignments},
        manual_attributes = ${manualAttributesAfter},
        source = 'entra', connection_id = r.connection_id, tenant_id = r.tenant_id, object_id = e.object_id,
        linked_at = coalesce(u.linked_at, now()),
        status = case
          when e.action = 'suspend' or (e.action = 'link' and e.account_enabled is false) then 'suspended'
          when e.action = 'restore' then 'active'
          else u.status end,
        suspended_by = case
          when u.status = 'suspended' and e.action <> 'restore' then u.suspended_by
          when e.action = 'suspend' or (e.action = 'link' and e.account_enabled is false) then 'import'
        end,
        version = u.version + 1, updated_at = now()
      from import_entries e join import_runs r on r.id = e.run_id
      where e.run_id = ${lease.runId} and e.object_id = any(${batch}::uuid[]) and e.outcome is null
        and e.action in ('link', 'update', 'suspend', 'restore')
        and u.id = e.user_id and u.workspace_id = r.workspace_id and u.version = e.user_version
        and (e.action <> 'link' or u.object_id is null)
      returning e.object_id, u.version
    )
    update import_entries e set user_version = c.version, outcome = case e.action
      when 'link' then 'linked' when 'update' then 'updated' when 'suspend' then 'suspended' else 'restored' end
    from changed c where e.run_id = ${lease.runId} and e.object_id = c.object_id
    returning e.object_id as "objectId", e.user_id as "userId", e.outcome`.execute(tx)
  return written.rows
}
