create extension if not exists pg_trgm;

-- Time-ordered ids keep b-trees dense while a million people arrive; PostgreSQL has uuidv7() only from 18 on.
create function new_id() returns uuid language sql volatile parallel safe as $$
  select encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        placing substring(int8send(floor(extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

create table workspaces (
  id uuid primary key default new_id(),
  name text not null,
  -- Raised by every change of users, so that a plan can tell whether it is still about this workspace.
  revision bigint not null default 0,
  -- Kept by triggers of users: counting a million rows for every page of a list would cost more than the page.
  user_count integer not null default 0,
  created_at timestamptz not null default now()
);

create table admins (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  name text not null,
  email text,
  email_folded text collate "C",
  created_at timestamptz not null default now()
);

create table passkeys (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  admin_id uuid not null references admins on delete cascade,
  credential_id text not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null default '{}',
  aaguid text,
  name text not null,
  backed_up boolean not null,
  created_at timestamptz not null default now(),
  last_used_at timestamptz
);
create index passkeys_admin on passkeys (admin_id);

-- One WebAuthn ceremony: its challenge is spent by the first answer, right or wrong.
create table passkey_ceremonies (
  id uuid primary key default new_id(),
  admin_id uuid references admins on delete cascade,
  challenge text not null,
  expires_at timestamptz not null
);

create table sign_in_links (
  token_hash bytea primary key,
  workspace_id uuid not null references workspaces,
  admin_id uuid not null references admins on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);

create table sessions (
  id_hash bytea primary key,
  workspace_id uuid not null references workspaces,
  admin_id uuid not null references admins on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create table connections (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  name text not null,
  cloud text not null,
  tenant text not null,
  tenant_id uuid,
  tenant_name text,
  verified_domains text[] not null default '{}',
  client_id uuid not null,
  credential_kind text not null check (credential_kind in ('secret', 'certificate')),
  -- AES-256-GCM of the secret or the private key; the additional data names this row, so that it opens nowhere else.
  credential_sealed bytea not null,
  secret_last_four text,
  certificate_pem text,
  certificate_thumbprint text,
  credential_expires_on date,
  state text not null default 'draft' check (state in ('draft', 'connected', 'needs-attention')),
  last_check jsonb,
  created_at timestamptz not null default now()
);
create unique index connections_tenant on connections (workspace_id, tenant_id) where tenant_id is not null;

-- One trip to Microsoft: bound to the session that began it, spent once, ten minutes long.
create table consent_trips (
  state_hash bytea primary key,
  workspace_id uuid not null references workspaces,
  connection_id uuid not null references connections on delete cascade,
  session_hash bytea not null,
  step text not null check (step in ('sign-in', 'consent')),
  nonce text,
  code_verifier text,
  tenant_id uuid,
  return_to text not null,
  expires_at timestamptz not null,
  used_at timestamptz
);

create table users (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  display_name text not null,
  email text,
  given_name text,
  surname text,
  user_principal_name text,
  job_title text,
  department text,
  employee_id text,
  office_location text,
  mobile_phone text,
  preferred_language text,
  user_type text,
  account_enabled boolean,
  -- Folded once, in JavaScript; null where an email cannot be compared safely. Sorted by code point on every server.
  email_folded text collate "C",
  name_folded text collate "C" not null,
  search text not null,
  status text not null default 'active' check (status in ('active', 'suspended')),
  suspended_by text check (suspended_by in ('import', 'admin')),
  source text not null default 'manual' check (source in ('manual', 'entra')),
  connection_id uuid references connections on delete set null,
  tenant_id uuid,
  object_id uuid,
  linked_at timestamptz,
  -- Attributes of a linked person whose value was typed here because the directory has none.
  manual_attributes text[] not null default '{}',
  version bigint not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((status = 'suspended') = (suspended_by is not null)),
  check ((source = 'entra') = (object_id is not null)),
  check ((tenant_id is null) = (object_id is null))
);
create unique index users_directory on users (workspace_id, tenant_id, object_id) where object_id is not null;
create index users_email on users (workspace_id, email_folded, id);
create index users_name on users (workspace_id, name_folded, id);
create index users_search on users using gin (search gin_trgm_ops);

create function count_users() returns trigger language plpgsql as $$
begin
  update workspaces w set user_count = user_count + c.people * case tg_op when 'INSERT' then 1 else -1 end
  from (select workspace_id, count(*) as people from changed group by workspace_id) c
  where w.id = c.workspace_id;
  return null;
end
$$;
create trigger users_added after insert on users referencing new table as changed
  for each statement execute function count_users();
create function count_no_users() returns trigger language plpgsql as $$
begin
  update workspaces set user_count = 0;
  return null;
end
$$;
create trigger users_emptied after truncate on users
  for each statement execute function count_no_users();
create trigger users_removed after delete on users referencing old table as changed
  for each statement execute function count_users();

create table groups (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  connection_id uuid references connections on delete set null,
  tenant_id uuid not null,
  object_id uuid not null,
  display_name text not null,
  name_folded text collate "C" not null,
  description text,
  mail text,
  kind text not null,
  dynamic boolean not null default false,
  last_imported_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  unique (workspace_id, tenant_id, object_id)
);
create index groups_name on groups (workspace_id, name_folded, id);

create table group_members (
  -- Its group's: a foreign key of its own would be looked up again for every row.
  workspace_id uuid not null,
  group_id uuid not null references groups on delete cascade,
  user_id uuid not null references users on delete cascade,
  primary key (group_id, user_id)
);
create index group_members_user on group_members (user_id);

create table import_runs (
  id uuid primary key,
  workspace_id uuid not null references workspaces,
  connection_id uuid references connections on delete set null,
  connection_name text not null,
  tenant_id uuid not null,
  verified_domains text[] not null,
  state text not null check (state in
    ('scanning', 'planning', 'ready', 'applying', 'completed', 'completed-with-problems', 'cancelled', 'quarantined', 'failed')),
  scope jsonb not null,
  mode text not null check (mode in ('new', 'new-and-existing', 'existing')),
  include_guests boolean not null,
  include_disabled boolean not null,
  -- Milliseconds, so that a list's cursor says exactly where it stands.
  created_at timestamptz(3) not null default now(),
  created_by uuid,
  created_by_name text not null,
  confirmed_at timestamptz,
  confirmed_by uuid,
  finished_at timestamptz,
  cancel_requested_at timestamptz,
  expected integer,
  -- How all users are read: in one ordered walk, or in parts at once that add up to the whole.
  reading text check (reading in ('walk', 'parts')),
  read_count integer not null default 0,
  plan_counts jsonb not null default '{}',
  skip_counts jsonb not null default '{}',
  conflict_counts jsonb not null default '{}',
  outcome_counts jsonb not null default '{}',
  to_apply integer not null default 0,
  applied integer not null default 0,
  memberships_to_remove integer not null default 0,
  fingerprint text,
  planned_revision bigint,
  safeguard boolean not null default false,
  replanned jsonb,
  waiting_reason text,
  waiting_until timestamptz,
  -- Since when Microsoft gives no usable answer: null where the last one was.
  unreachable_since timestamptz,
  problem_code text,
  problem_detail text,
  problem_remedy text,
  -- Who works on it until when, by the database's clock; a write whose fence is not this number is refused. Whoever gave
  -- it back half-way is still named.
  lease_owner uuid,
  lease_until timestamptz,
  fence bigint not null default 0,
  -- How often a worker took it over from one that had not come to an end.
  resumed integer not null default 0,
  -- Tries since the last committed step: a run that cannot go on stops asking.
  attempts integer not null default 0
);
create index import_runs_recent on import_runs (workspace_id, created_at desc, id);
create unique index import_runs_active on import_runs (connection_id)
  where state in ('scanning', 'planning', 'ready', 'applying');

-- Where people are read from, and how far: the cursor is the next link still to fetch.
create table import_sources (
  run_id uuid not null references import_runs on delete cascade,
  ordinal integer not null,
  workspace_id uuid not null references workspaces,
  kind text not null check (kind in ('users', 'group', 'people')),
  object_id uuid,
  name text not null,
  state text not null default 'pending'
    check (state in ('pending', 'reading', 'complete', 'gone', 'forbidden', 'hidden', 'unfinished')),
  -- Which users, where all of them are read in parts, and how many Microsoft counts there.
  filter text,
  expected integer,
  cursor text,
  restarts integer not null default 0,
  read_count integer not null default 0,
  description text,
  mail text,
  group_kind text,
  dynamic boolean,
  -- Microsoft may hide who is in it: then no members means unknown.
  hidden boolean not null default false,
  -- Whether Microsoft hides who is in a group inside; null where nobody asked, for nobody was missing.
  nested_hidden boolean,
  primary key (run_id, ordinal)
);

-- A run's row is locked by whoever writes its entries and memberships, so that foreign keys would look up for every row
-- what is known already: a million times in a large import.
create table import_entries (
  run_id uuid not null,
  workspace_id uuid not null,
  -- Entra's object id; of a record without a usable one, a digest of what stood there.
  object_id uuid not null,
  display_name text not null,
  email text,
  given_name text,
  surname text,
  user_principal_name text,
  job_title text,
  department text,
  employee_id text,
  office_location text,
  mobile_phone text,
  preferred_language text,
  user_type text,
  account_enabled boolean,
  guest boolean not null default false,
  email_folded text collate "C",
  name_folded text collate "C" not null,
  search text not null,
  -- What is wrong with the record itself, where it cannot be imported.
  invalid text,
  -- Attributes whose text was cleaned or cut when it was read.
  altered text[] not null default '{}',
  match text,
  action text,
  reason text,
  conflict text,
  decision text,
  user_id uuid,
  user_version bigint,
  changes jsonb,
  outcome text,
  problem_code text,
  problem_detail text,
  -- In this order it also finds the runs that somebody was in.
  primary key (object_id, run_id)
) with (fillfactor = 45);
create index import_entries_name on import_entries (run_id, name_folded, object_id);
create index import_entries_shared on import_entries (run_id, email_folded) where conflict = 'email-shared';
create index import_entries_failed on import_entries (run_id, object_id) where outcome = 'failed';

create table import_memberships (
  run_id uuid not null,
  workspace_id uuid not null,
  ordinal integer not null,
  object_id uuid not null,
  -- In this order it finds the groups of a person; the people of a group are asked for with all others, unless it closes.
  primary key (run_id, object_id, ordinal)
);

create table notifications (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  admin_id uuid not null references admins on delete cascade,
  kind text not null,
  title text not null,
  body text not null,
  link text not null,
  created_at timestamptz not null default now(),
  read_at timestamptz
);
create index notifications_admin on notifications (admin_id, created_at desc);

create table audit_events (
  id uuid primary key default new_id(),
  workspace_id uuid references workspaces,
  at timestamptz not null default now(),
  actor_id uuid,
  actor_name text not null,
  action text not null,
  target_kind text,
  target_id text,
  detail jsonb not null default '{}',
  address text,
  request_id text
);
create index audit_events_recent on audit_events (workspace_id, at desc);

-- A sealed known text: a wrong KEYROSTER_SECRET_KEY is noticed at start, before anything is written with it.
create table secret_canary (
  single boolean primary key default true check (single),
  sealed bytea not null
);
