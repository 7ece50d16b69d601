-- One way to Microsoft and back, to sign in or to bind an account: known by its state, and good in the one browser that
-- holds the cookie. Only hashes of both are kept.
create table sign_in_trips (
  state_hash bytea primary key,
  workspace_id uuid not null references workspaces,
  connection_id uuid not null references connections on delete cascade,
  -- Who binds an account; null where somebody signs in.
  admin_id uuid references admins on delete cascade,
  browser_hash bytea not null,
  nonce text not null,
  code_verifier text not null,
  -- The tenant that must be the one in the end.
  tenant_id uuid not null,
  return_to text not null,
  expires_at timestamptz not null
);
