-- How many days audit events are kept; null: for ever. A quarter of a year at least, whoever asks.
alter table workspaces add column audit_retention_days integer check (audit_retention_days between 90 and 36500);

-- Where the chain of each workspace ends and begins. Whoever adds an event holds the row, so that the chain cannot fork.
-- It is written by the functions below alone, which run as its owner.
create table audit_heads (
  workspace_id uuid primary key references workspaces,
  seq bigint not null default 0,
  hash bytea not null default decode(repeat('00', 32), 'hex'),
  -- The last event that was removed because it was too old: the first one kept follows it.
  purged_seq bigint not null default 0,
  purged_hash bytea not null default decode(repeat('00', 32), 'hex')
);

update audit_events set workspace_id = (select id from workspaces order by created_at, id limit 1)
where workspace_id is null;

alter table audit_events
  alter column workspace_id set not null,
  alter column at set default clock_timestamp(),
  add column seq bigint,
  add column token_id uuid,
  add column target_name text,
  add column outcome text not null default 'done' check (outcome in ('done', 'refused')),
  add column previous_hash bytea,
  add column hash bytea;

-- A text, its length in bytes before it, so that no two rows read alike; a hyphen where there is none.
create function audit_field(value text) returns text language sql immutable parallel safe as $$
  select coalesce(octet_length(convert_to(value, 'UTF8')) || ':' || value, '-')
$$;

-- The same is computed in JavaScript, in server/src/audit/hash-event.ts; docs/audit.md describes it.
create function audit_hash(e audit_events) returns bytea language sql stable parallel safe
set search_path = pg_catalog, public, pg_temp as $$
  select sha256(convert_to(
    'keyroster audit 1 ' || encode(e.previous_hash, 'hex') || ' '
    || audit_field(e.workspace_id::text)
    || audit_field(e.seq::text)
    || audit_field(e.id::text)
    || audit_field(to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
    || audit_field(e.actor_id::text)
    || audit_field(e.actor_name)
    || audit_field(e.token_id::text)
    || audit_field(e.action)
    || audit_field(e.outcome)
    || audit_field(e.target_kind)
    || audit_field(e.target_id)
    || audit_field(e.target_name)
    || audit_field(e.detail::text)
    || audit_field(e.address)
    || audit_field(e.request_id),
  'UTF8'))
$$;

-- Puts an event behind the newest one of its workspace. Nobody chooses the time or the place of an event.
create function chain_audit_event() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
  head audit_heads;
begin
  select * into head from audit_heads where workspace_id = new.workspace_id for update;
  if not found then
    insert into audit_heads (workspace_id) values (new.workspace_id) on conflict do nothing;
    select * into head from audit_heads where workspace_id = new.workspace_id for update;
  end if;
  new.seq := head.seq + 1;
  new.at := clock_timestamp();
  new.previous_hash := head.hash;
  new.hash := audit_hash(new);
  update audit_heads set seq = new.seq, hash = new.hash where workspace_id = new.workspace_id;
  return new;
end $$;

-- The events of before are chained as they stand.
do $$
declare
  event audit_events;
  head audit_heads;
begin
  insert into audit_heads (workspace_id) select distinct workspace_id from audit_events;
  for event in select * from audit_events order by at, id loop
    select * into head from audit_heads where workspace_id = event.workspace_id;
    event.seq := head.seq + 1;
    event.previous_hash := head.hash;
    event.hash := audit_hash(event);
    update audit_events set seq = event.seq, previous_hash = event.previous_hash, hash = event.hash where id = event.id;
    update audit_heads set seq = event.seq, hash = event.hash where workspace_id = event.workspace_id;
  end loop;
end $$;

alter table audit_events
  alter column seq set not null,
  alter column previous_hash set not null,
  alter column hash set not null;
drop index audit_events_recent;
create unique index audit_events_chain on audit_events (workspace_id, seq);
create index audit_events_at on audit_events (workspace_id, at);
create index audit_events_target on audit_events (workspace_id, target_id, seq) where target_id is not null;

create trigger audit_events_chain before insert on audit_events
for each row execute function chain_audit_event();

-- An event is never changed, and goes only once the head of the chain says that it is removed.
create function keep_audit_events() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
  if tg_op = 'DELETE' and exists (
    select from audit_heads where workspace_id = old.workspace_id and purged_seq >= old.seq
  ) then
    return old;
  end if;
  raise exception 'audit events are kept as they are: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end $$;
create trigger audit_events_keep_row before delete on audit_events
for each row execute function keep_audit_events();
create trigger audit_events_keep before update or truncate on audit_events
for each statement execute function keep_audit_events();

-- Removes the oldest events of a workspace, at most so many, where they are older than it keeps them; answers how many
-- they were. What is removed is always the beginning of the chain, and an event tells of it and of where the rest begins.
create function purge_audit_events(workspace uuid, most integer) returns integer language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
declare
  days integer := (select audit_retention_days from workspaces where id = workspace);
  -- By whole days, so that a purge that runs every hour finds something once a day.
  keep_from timestamptz := (date_trunc('day', now() at time zone 'UTC') at time zone 'UTC') - make_interval(days => days);
  head audit_heads;
  last_seq bigint;
begin
  if days is null then return 0; end if;
  select * into head from audit_heads where workspace_id = workspace for update;
  last_seq := least(head.seq, head.purged_seq + most);
  last_seq := coalesce((
    select min(seq) - 1 from audit_events
    where workspace_id = workspace and seq > head.purged_seq and seq <= last_seq and at >= keep_from
  ), last_seq);
  if last_seq is null or last_seq <= head.purged_seq then return 0; end if;
  update audit_heads set purged_seq = last_seq,
    purged_hash = (select hash from audit_events where workspace_id = workspace and seq = last_seq)
  where workspace_id = workspace;
  insert into audit_events (workspace_id, actor_name, action, detail)
  select workspace, 'Keyroster', 'audit.purged', jsonb_build_object(
    'days', days, 'events', last_seq - head.purged_seq, 'through', last_seq, 'hash', encode(purged_hash, 'hex'))
  from audit_heads where workspace_id = workspace;
  delete from audit_events where workspace_id = workspace and seq <= last_seq;
  return last_seq - head.purged_seq;
end $$;
