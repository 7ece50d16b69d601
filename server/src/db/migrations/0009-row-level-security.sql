-- The second wall: PostgreSQL itself keeps what belongs to one workspace from whoever asks for another. Panels work in two
-- roles that own nothing, which server/src/db/roles.ts makes, since they belong to the server and not to one database:
--   keyroster_app    sees and changes the rows of the workspace that its connection names, and no others;
--   keyroster_panel  works before a workspace is known, and has just the rights that are granted to it below.
-- Whoever owns the tables passes both, and is used for migrations, backups and the console alone.
-- https://www.postgresql.org/docs/current/ddl-rowsecurity.html

grant usage on schema public to keyroster_app, keyroster_panel;

create function current_workspace() returns uuid language sql stable parallel safe as $$
  select nullif(current_setting('keyroster.workspace', true), '')::uuid
$$;

-- Puts a table behind the wall, with these rights for whoever works in its workspace. Every later migration that makes a
-- table calls it; walls.test.ts finds one that was forgotten.
create procedure wall_in(walled regclass, rights text, workspace_column name default 'workspace_id') language plpgsql as $$
begin
  execute format('alter table %s enable row level security', walled);
  -- A query of its own, so that it is answered once a statement and not once a row.
  execute format('create policy in_workspace on %s to keyroster_app using (%I = (select current_workspace()))',
    walled, workspace_column);
  execute format('grant %s on %s to keyroster_app', rights, walled);
end $$;

-- A challenge given before anybody signed in is nobody's yet.
alter table passkey_ceremonies add workspace_id uuid default current_workspace() references workspaces;

do $$
declare
  walled text;
begin
  for walled in
    select c.table_name from information_schema.columns c
    where c.table_schema = 'public' and c.column_name = 'workspace_id'
      and c.table_name not in ('audit_events', 'audit_heads')
      and exists (select from pg_tables t where t.schemaname = 'public' and t.tablename = c.table_name)
    order by 1
  loop
    call wall_in(walled::regclass, 'select, insert, update, delete');
  end loop;
end $$;
call wall_in('workspaces', 'select, update', 'id');
-- Added to and never changed; the heads of the chain are written by functions of the owner.
call wall_in('audit_events', 'select, insert');
call wall_in('audit_heads', 'select');

-- Of all panels on the database, and of no workspace. To lock the canary, one column must be the role's to update: this one
-- has a single value.
grant select, update (single) on secret_canary to keyroster_app;

-- What is done before a workspace is known: finding whose session, token, link or passkey it is, and signing in by it. To
-- hold an admin while they sign in, one column must be the role's to update.
grant select on workspaces to keyroster_panel;
grant select, update (created_at) on admins to keyroster_panel;
grant select, update (counter, backed_up, last_used_at) on passkeys to keyroster_panel;
grant select, insert, delete on passkey_ceremonies to keyroster_panel;
grant select, update (used_at) on sign_in_links to keyroster_panel;
grant select on invitations to keyroster_panel;
grant select, delete on sign_in_trips to keyroster_panel;
grant select, insert, update, delete on sessions to keyroster_panel;
grant select (id, workspace_id, admin_id, token_hash, scopes, expires_at, last_used_at, revoked_at),
  update (last_used_at) on api_tokens to keyroster_panel;
grant insert on audit_events to keyroster_panel;
-- And looking which import has work, and whether one waits for the database.
grant select (id, workspace_id, connection_id, state, created_at, cancel_requested_at, lease_until, waiting_reason,
  waiting_until) on import_runs to keyroster_panel;
grant select (id, last_check, workspace_id, name, tenant_id, created_at) on connections to keyroster_panel;
-- And removing audit events that are older than their workspace keeps them.
revoke execute on function purge_audit_events from public;
grant execute on function purge_audit_events to keyroster_panel;

do $$
declare
  granted text;
begin
  for granted in
    select distinct table_name from information_schema.column_privileges
    where grantee = 'keyroster_panel' and table_schema = 'public'
  loop
    execute format('create policy before_workspace on %I to keyroster_panel using (true)', granted);
  end loop;
end $$;

-- LIKE is not leakproof, so that under a policy it is asked row by row, and the index on what is searched goes unused. This
-- view says the same as the policy by a plain condition, beside which PostgreSQL is free to use the index: it reads as its
-- owner. https://www.postgresql.org/docs/current/rules-privileges.html
create view workspace_users as select * from users where workspace_id = (select current_workspace());
grant select on workspace_users to keyroster_app;

-- Only the owner of a table may have it analyzed.
-- The columns that a plan, and its application, find rows by: statistics of all of them took longer than the plan itself.
create function analyze_for_plan() returns void language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
  analyze import_entries (run_id, object_id, email_folded, invalid, guest, account_enabled, email, action, conflict),
    users (id, workspace_id, tenant_id, object_id, email_folded), import_sources, import_memberships;
end $$;
create function analyze_for_apply() returns void language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
  analyze import_entries (run_id, object_id, name_folded, action, outcome), import_sources, groups;
end $$;
