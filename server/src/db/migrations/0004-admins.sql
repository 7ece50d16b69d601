alter table admins
  add role text not null default 'owner' check (role in ('owner', 'admin', 'key-operator', 'helpdesk', 'auditor')),
  -- Who is disabled keeps their name in what they did, and can do nothing more.
  add disabled_at timestamptz,
  -- Who they are at Microsoft, once they bound it themselves; never found by email.
  add entra_tenant_id uuid,
  add entra_object_id uuid,
  add check ((entra_tenant_id is null) = (entra_object_id is null));
alter table admins alter role drop default;
create unique index admins_email on admins (workspace_id, email_folded) where email_folded is not null;
create unique index admins_entra on admins (workspace_id, entra_tenant_id, entra_object_id)
  where entra_object_id is not null;

alter table workspaces add sign_in_with_microsoft boolean not null default false;

-- A one-time link for a new admin, bound to an email and a role; only its hash is kept.
create table invitations (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  token_hash bytea not null unique,
  email text not null,
  email_folded text collate "C" not null,
  name text not null,
  role text not null check (role in ('owner', 'admin', 'key-operator', 'helpdesk', 'auditor')),
  invited_by uuid references admins on delete set null,
  invited_by_name text not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz
);
create unique index invitations_open on invitations (workspace_id, email_folded) where used_at is null;

alter table sessions
  -- What a list calls it: the hash itself never leaves the server.
  add id uuid not null unique default new_id(),
  add way text not null default 'link' check (way in ('link', 'passkey', 'invitation', 'microsoft')),
  add address text,
  add user_agent text,
  -- When a passkey was last touched in it; dangerous deeds ask for a recent touch.
  add stepped_up_at timestamptz;
create index sessions_admin on sessions (admin_id);

create table api_tokens (
  id uuid primary key default new_id(),
  workspace_id uuid not null references workspaces,
  -- It can never do more than the person who made it.
  admin_id uuid not null references admins on delete cascade,
  name text not null,
  token_hash bytea not null unique,
  -- The first characters, so that a found token can be told from others.
  prefix text not null,
  scopes text[] not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create index api_tokens_admin on api_tokens (admin_id);
