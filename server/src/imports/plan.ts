import type { Mode } from '@keyroster/api/imports.ts'
import { type RawBuilder, sql } from 'kysely'
import { actors, audit } from '../audit/record.ts'
import type { Db, Tx } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { analyzeLargeRun } from './analyze.ts'
import { attributesDiffer, changedAttributes } from './columns.ts'
import { holdRun, type Lease } from './lease.ts'
import { moveRun } from './move-run.ts'
import { notifyReady } from './notify-run.ts'
import { overSafeguard } from './safeguard.ts'

/** What of a run the rules look at. */
interface PlanInput {
  runId: string
  mode: Mode
  hasGroups: boolean
  /** Only the entries in conflict, after somebody decided about them. */
  onlyConflicts?: boolean
}

/**
 * Groups of the run that were read to their end, with the row of ours where there is one. Who is missing in one has left it
 * only where it is `whole`: an empty list proves nothing, nor does one that may lack the people of a nested group.
 */
const groupsRead = (runId: string) => sql`
  select s.ordinal, s.name, s.object_id, s.read_count > 0 and s.nested_hidden is false as whole, g.id as group_id
  from import_sources s join import_runs r on r.id = s.run_id
  left join groups g on (g.workspace_id, g.tenant_id, g.object_id) = (r.workspace_id, r.tenant_id, s.object_id)
  where s.run_id = ${runId} and s.kind = 'group' and s.state = 'complete'`

/** SQL over `e` and `u`: the chosen groups somebody is in here and will be in, as sorted ids and names. */
const memberships = (runId: string, hasGroups: boolean): RawBuilder<unknown> =>
  hasGroups
    ? sql`
      left join lateral (
        select array_agg(s.object_id order by s.object_id) as ids, string_agg(s.name, ', ' order by s.name, s.object_id) as names
        from group_members m join group_read s on s.group_id = m.group_id where m.user_id = u.id
      ) here on true
      left join lateral (
        select array_agg(s.object_id order by s.object_id) as ids, string_agg(s.name, ', ' order by s.name, s.object_id) as names
        from (
          select s.object_id, s.name from import_memberships m join group_read s on s.ordinal = m.ordinal
          where m.run_id = ${runId} and m.object_id = e.object_id and u.id is not null
          union
          select s.object_id, s.name from group_members m join group_read s on s.group_id = m.group_id
          where m.user_id = u.id and not s.whole
        ) s
      ) there on true`
    : sql`cross join (select null::uuid[] as ids, null::text as names) here
      cross join (select null::uuid[] as ids, null::text as names) there`

/**
 * Decides every entry of a run, set-wise: who it matches, what is planned for it and why. The rules, first that fits:
 *
 * 1. A record that cannot be read is skipped.
 * 2. Somebody linked before (tenant and object id) is followed: suspended or restored with their account, updated where
 *    anything differs, else unchanged; left alone where only new people are wanted.
 * 3. Guests, disabled accounts and people without an email are left out unless asked for.
 * 4. An email that belongs to somebody linked elsewhere, to several, that proves nothing or cannot be compared needs a
 *    person.
 * 5. An email of exactly one person links them, or leaves them alone where only new people are wanted.
 * 6. Everybody else is created, unless nobody may be added.
 *
 * A person's answer to a conflict counts while it is possible (choices.ts), and is forgotten where it is no more.
 *
 * Rewrites only the rows whose decision changed and answers how many that were.
 */
async function decideEntries(tx: Tx, { runId, mode, hasGroups, onlyConflicts }: PlanInput): Promise<number> {
  const changed = await sql`
    with run as (select * from import_runs where id = ${runId}),
    group_read as materialized (${groupsRead(runId)}),
    judged as (
      select e.object_id, e.email_folded, l.id as linked_id,
        case
          when e.invalid is not null then 'invalid-record'
          when l.id is not null then null
          when e.guest and not r.include_guests then 'guest'
          when e.account_enabled is false and not r.include_disabled then 'disabled'
          when e.email is null then 'no-email'
        end as left_out
      from import_entries e cross join run r
      left join users l on (l.workspace_id, l.tenant_id, l.object_id) = (r.workspace_id, r.tenant_id, e.object_id)
      where e.run_id = ${runId}
    ),
    shared as (
      select email_folded from judged where left_out is null and email_folded is not null
      group by email_folded having count(*) > 1
    ),
    matched as materialized (
      select j.*, e.decision as answer, coalesce(m.candidates, 0) as candidates, m.candidate_id, m.elsewhere,
        exists (select from shared s where s.email_folded = e.email_folded) as shared,
        exists (select from admins a where a.workspace_id = r.workspace_id and a.email_folded = e.email_folded) as of_admin,
        not e.guest and split_part(e.email_folded, '@', 2) = any(r.verified_domains) as proved
      from judged j
      join import_entries e on e.run_id = ${runId} and e.object_id = j.object_id
      cross join run r
      left join lateral (
        select count(*)::int as candidates, (array_agg(u.id order by u.id))[1] as candidate_id,
          bool_or(u.object_id is not null) as elsewhere
        from users u where u.workspace_id = r.workspace_id and u.email_folded = e.email_folded
      ) m on j.left_out is null and j.linked_id is null
      where ${onlyConflicts ? sql`e.conflict is not null` : sql`true`}
    ),
    conflicting as (
      select m.*, case
        when left_out is not null or linked_id is not null then null
        when email_folded is null and ${mode} <> 'existing' then 'email-not-comparable'
        when candidates = 1 and elsewhere and ${mode} <> 'existing' then 'email-linked-elsewhere'
        when candidates > 0 and ${mode} = 'new' then null
        when candidates > 1 then 'email-ambiguous'
        when candidates = 1 and elsewhere then null
        when shared and (candidates = 1 or ${mode} <> 'existing') then 'email-shared'
        when candidates = 1 and of_admin then 'email-of-admin'
        when candidates = 1 and not proved then 'domain-unverified'
      end as conflict
      from matched m
    ),
    answered as (
      select c.*, case when c.conflict is not null and (c.answer <> 'link'
        or c.conflict in ('email-shared', 'domain-unverified') and c.candidates = 1 and not c.elsewhere) then c.answer
      end as decision
      from conflicting c
    ),
    acted as materialized (
      select c.object_id, c.conflict, c.decision, coalesce(c.linked_id, case when c.candidates = 1 then c.candidate_id end) as user_id,
        case
          when c.linked_id is not null then 'object-id'
          when c.candidates > 1 then 'ambiguous'
          when c.candidates = 1 then 'email'
          else 'none'
        end as match,
        case
          when c.left_out is not null then 'skip'
          when c.linked_id is not null and ${mode} = 'new' then 'skip'
          when c.linked_id is not null then case
            when e.account_enabled is false and u.status = 'active' then 'suspend'
            when e.account_enabled and u.status = 'suspended' and u.suspended_by = 'import' then 'restore'
            when ${attributesDiffer} or here.ids is distinct from there.ids then 'update'
            else 'unchanged'
          end
          when c.conflict is not null then coalesce(c.decision, 'conflict')
          when c.candidates = 1 and not c.elsewhere and ${mode} <> 'new' then 'link'
          when c.candidates > 0 or ${mode} = 'existing' then 'skip'
          else 'create'
        end as action,
        case
          when c.left_out is not null then c.left_out
          when c.linked_id is not null and ${mode} = 'new' then 'already-exists'
          when c.linked_id is not null then null
          when c.conflict is not null then case when c.decision = 'skip' then 'decided' end
          when c.candidates > 0 and ${mode} = 'new' then 'already-exists'
          when c.candidates = 1 and not c.elsewhere then null
          when ${mode} = 'existing' then 'not-in-workspace'
        end as reason,
        here.ids as groups_here, there.ids as groups_there, here.names as names_here, there.names as names_there
      from answered c
      join import_entries e on e.run_id = ${runId} and e.object_id = c.object_id
      left join users u on u.id = coalesce(c.linked_id, case when c.candidates = 1 then c.candidate_id end)
      ${memberships(runId, hasGroups)}
    ),
    planned as (
      select a.object_id, a.match, a.action, a.reason, a.conflict, a.decision, a.user_id, u.version as user_version,
        case when a.action in ('link', 'update', 'suspend', 'restore') then (
          select jsonb_agg(jsonb_build_object('attribute', c.attribute, 'before', c.before, 'after', c.after) order by c.at)
          from (
            values ${changedAttributes},
              (99, 'groups', case when a.groups_here is distinct from a.groups_there then to_jsonb(a.names_here) end,
                case when a.groups_here is distinct from a.groups_there then to_jsonb(a.names_there) end)
          ) c (at, attribute, before, after)
          where c.before is distinct from c.after
        ) end as changes
      from acted a
      join import_entries e on e.run_id = ${runId} and e.object_id = a.object_id
      left join users u on u.id = a.user_id
    )
    update import_entries t
    set match = p.match, action = p.action, reason = p.reason, conflict = p.conflict, decision = p.decision, user_id = p.user_id,
      user_version = p.user_version, changes = p.changes
    from planned p
    where t.run_id = ${runId} and t.object_id = p.object_id
      and (t.match, t.action, t.reason, t.conflict, t.decision, t.user_id, t.user_version, t.changes)
        is distinct from (p.match, p.action, p.reason, p.conflict, p.decision, p.user_id, p.user_version, p.changes)`.execute(
    tx,
  )
  return Number(changed.numAffectedRows ?? 0)
}

/** People in a chosen group here who were not read in it. */
export const membershipsMissing = (runId: string) => sql`
  select m.group_id, m.user_id, s.ordinal, s.whole
  from (${groupsRead(runId)}) s
  join group_members m on m.group_id = s.group_id
  join users u on u.id = m.user_id
  join import_runs r on r.id = ${runId} and u.tenant_id = r.tenant_id
  where r.mode <> 'new' and r.scope ->> 'kind' = 'groups'
    and not exists (
      select from import_memberships i
      where i.run_id = ${runId} and i.ordinal = s.ordinal and i.object_id = u.object_id)`

/** People in a chosen group here who are no longer in it at Microsoft, which is not said on a guess. */
export const membershipsGone = (runId: string) => sql`
  select group_id, user_id from (${membershipsMissing(runId)}) missing where whole`

/**
 * Counts the plan and takes its fingerprint: two sums of 64-bit hashes over every decision, the same in any order, so
 * that confirming can tell this plan from any other without reading it twice.
 */
async function summarizePlan(tx: Tx, runId: string): Promise<void> {
  await sql`
    with rows as (
      select action, reason, conflict, concat_ws('|', object_id, action, reason, user_id, changes::text) as decided
      from import_entries where run_id = ${runId}
    ),
    grouped as (
      select action, reason, conflict, count(*)::int as people,
        sum(hashtextextended(decided, 0)::numeric) as first, sum(hashtextextended(decided, 1)::numeric) as second
      from rows group by action, reason, conflict
    ),
    left_groups as materialized (${membershipsGone(runId)}),
    gone as (
      select count(distinct g.user_id)::int as people from left_groups g
      where not exists (select from import_entries e where e.run_id = ${runId} and e.user_id = g.user_id)
    ),
    totals as (
      select
        coalesce((select jsonb_object_agg(action, n) from (select action, sum(people) as n from grouped group by action) a), '{}') as actions,
        coalesce((select jsonb_object_agg(reason, n) from (select reason, sum(people) as n from grouped where action = 'skip' group by reason) a), '{}') as skips,
        coalesce((select jsonb_object_agg(conflict, n) from (select conflict, sum(people) as n from grouped where conflict is not null group by conflict) a), '{}') as conflicts,
        coalesce((select sum(people)::int from grouped where action in ('create', 'link', 'update', 'suspend', 'restore')), 0) as to_apply,
        encode(sha256(convert_to(concat_ws('|', ${runId}::text, (select sum(first) from grouped), (select sum(second) from grouped), (select people from gone)), 'UTF8')), 'hex') as fingerprint
    )
    update import_runs r
    set plan_counts = t.actions, skip_counts = t.skips, conflict_counts = t.conflicts, to_apply = t.to_apply,
      fingerprint = t.fingerprint, memberships_to_remove = (select people from gone)
    from totals t where r.id = ${runId}`.execute(tx)
}

interface Planned {
  mode: Mode
  hasGroups: boolean
  before: Record<string, number>
  emailsOfAdmins: number
  wasPlanned: boolean
}

async function planInput(tx: Tx, runId: string): Promise<Planned> {
  const run = await sql<Planned>`
    select mode, plan_counts as before, fingerprint is not null as "wasPlanned",
      coalesce((conflict_counts ->> 'email-of-admin')::int, 0) as "emailsOfAdmins",
      exists (select from import_sources s where s.run_id = r.id and s.kind = 'group') as "hasGroups"
    from import_runs r where id = ${runId}`.execute(tx)
  return run.rows[0]!
}

/** Plans a whole run and makes it ready, in one transaction: what is reviewed is one state of the workspace. */
export async function plan(db: Db, lease: Lease): Promise<void> {
  const { runId } = lease
  await analyzeLargeRun(db, runId, 'plan')
  await transaction(db, async (tx) => {
    // Joins of a million people spill to the disk in less, and then take thirty times as long as those of 100,000.
    await sql`set local work_mem = '64MB'`.execute(tx)
    const input = await planInput(tx, runId)
    const revision = await sql<{ revision: number }>`
      select revision from workspaces where id = ${lease.workspaceId}`.execute(tx)
    const changed = await decideEntries(tx, { runId, mode: input.mode, hasGroups: input.hasGroups })
    await summarizePlan(tx, runId)
    // Last, because planning a large run takes a while in which its row must not be locked.
    await holdRun(tx, lease, 'planning')
    const safeguard = await overSafeguard(tx, runId)
    await sql`
      update import_runs set planned_revision = ${revision.rows[0]!.revision}, safeguard = ${safeguard},
        replanned = case when ${input.wasPlanned} then
          jsonb_build_object('before', ${JSON.stringify(input.before)}::jsonb, 'after', plan_counts, 'changed', ${changed}::int) end
      where id = ${runId}`.execute(tx)
    await moveRun(tx, runId, 'planning', 'ready')
    if (!input.wasPlanned) await notifyReady(tx, runId)
    if (input.emailsOfAdmins === 0) await auditEmailsOfAdmins(tx, lease)
  })
}

/**
 * Says, once a run, that the directory gives somebody the email of an admin of the panel: it may be a try to be taken for
 * them. https://learn.microsoft.com/en-us/entra/identity-platform/claims-validation#validate-the-subject
 */
async function auditEmailsOfAdmins(tx: Tx, { runId, workspaceId }: Lease): Promise<void> {
  const found = await sql<{ people: number; name: string }>`
    select (conflict_counts ->> 'email-of-admin')::int as people, connection_name as name from import_runs
    where id = ${runId} and conflict_counts ? 'email-of-admin'`.execute(tx)
  const run = found.rows[0]
  if (!run) return
  await audit(tx, {
    workspaceId,
    actor: actors.keyroster,
    action: 'import.email-of-admin',
    target: { kind: 'import', id: runId, name: run.name },
    detail: { people: run.people },
  })
}

/** Plans the conflicts of a ready run again after a decision, without asking for a worker. */
export async function planConflicts(tx: Tx, runId: string): Promise<void> {
  const input = await planInput(tx, runId)
  await decideEntries(tx, { runId, mode: input.mode, hasGroups: input.hasGroups, onlyConflicts: true })
  await summarizePlan(tx, runId)
}
