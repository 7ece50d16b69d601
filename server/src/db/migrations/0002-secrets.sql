-- The secrets of a workspace are sealed with a data key of its own, which is kept here sealed with the secret key: the one in
-- force, that is the one which sealed the canary. Rotating adds a version and, once nothing needs the older ones, removes them.
create table data_keys (
  workspace_id uuid not null references workspaces,
  version integer not null check (version > 0),
  sealed bytea not null,
  created_at timestamptz not null default now(),
  primary key (workspace_id, version)
);

-- The version of the data key that sealed a text, as its first bytes say it (server/src/secrets/seal.ts); null for what the
-- secret key itself sealed, as all was before there were data keys.
create function data_key_of(sealed bytea) returns integer language sql immutable parallel safe as $$
  select case when length(sealed) > 5 and get_byte(sealed, 0) = 2 then
    get_byte(sealed, 1) << 24 | get_byte(sealed, 2) << 16 | get_byte(sealed, 3) << 8 | get_byte(sealed, 4) end
$$;

-- Every column of sealed texts has one like this beside it, so that no data key is removed that something is sealed with.
alter table connections
  add column credential_key integer generated always as (data_key_of(credential_sealed)) stored,
  add foreign key (workspace_id, credential_key) references data_keys;
