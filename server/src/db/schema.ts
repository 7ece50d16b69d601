import type { CheckResult, Cloud, GroupKind } from '@keyroster/api/connections.ts'
import type {
  Action,
  ConflictKind,
  Decision,
  Mode,
  Outcome,
  RunState,
  Scope,
  SkipReason,
} from '@keyroster/api/imports.ts'
import type { ProblemCode } from '@keyroster/api/problem.ts'
import type { Role, Action as RoleAction } from '@keyroster/api/roles.ts'
import type { ColumnType, Generated, GeneratedAlways, Kysely, Transaction } from 'kysely'

/** A jsonb column: read as a value, written as JSON text, because pg sends a JavaScript array as a PostgreSQL array. */
type Json<T> = ColumnType<T, string, string>
type GeneratedJson<T> = ColumnType<T, string | undefined, string>
/** A date column travels as `YYYY-MM-DD`: a Date would move it by the time zone. */
type DateText = string

interface Workspaces {
  id: Generated<string>
  name: string
  revision: Generated<number>
  user_count: Generated<number>
  audit_retention_days: number | null
  sign_in_with_microsoft: Generated<boolean>
  created_at: Generated<Date>
}

interface Admins {
  id: Generated<string>
  workspace_id: string
  name: string
  email: string | null
  email_folded: string | null
  role: Role
  disabled_at: Date | null
  entra_tenant_id: string | null
  entra_object_id: string | null
  created_at: Generated<Date>
}

interface Invitations {
  id: Generated<string>
  workspace_id: string
  token_hash: Buffer
  email: string
  email_folded: string
  name: string
  role: Role
  invited_by: string | null
  invited_by_name: string
  created_at: Generated<Date>
  expires_at: Date
  used_at: Date | null
}

interface ApiTokens {
  id: Generated<string>
  workspace_id: string
  admin_id: string
  name: string
  token_hash: Buffer
  prefix: string
  scopes: RoleAction[]
  created_at: Generated<Date>
  expires_at: Date
  last_used_at: Date | null
  revoked_at: Date | null
}

interface Passkeys {
  id: Generated<string>
  workspace_id: string
  admin_id: string
  credential_id: string
  public_key: Buffer
  counter: number
  transports: Generated<string[]>
  aaguid: string | null
  name: string
  backed_up: boolean
  created_at: Generated<Date>
  last_used_at: Date | null
}

interface PasskeyCeremonies {
  id: Generated<string>
  workspace_id: Generated<string | null>
  admin_id: string | null
  challenge: string
  expires_at: Date
}

interface SignInLinks {
  token_hash: Buffer
  workspace_id: string
  admin_id: string
  created_at: Generated<Date>
  expires_at: Date
  used_at: Date | null
}

interface SignInTrips {
  state_hash: Buffer
  workspace_id: string
  connection_id: string
  admin_id: string | null
  browser_hash: Buffer
  nonce: string
  code_verifier: string
  tenant_id: string
  return_to: string
  expires_at: Date
}

interface Sessions {
  id_hash: Buffer
  workspace_id: string
  admin_id: string
  created_at: Generated<Date>
  last_seen_at: Generated<Date>
  expires_at: Date
  id: Generated<string>
  way: Generated<'link' | 'passkey' | 'invitation' | 'microsoft'>
  address: string | null
  user_agent: string | null
  stepped_up_at: Date | null
}

interface Connections {
  id: Generated<string>
  workspace_id: string
  name: string
  cloud: Cloud
  tenant: string
  tenant_id: string | null
  tenant_name: string | null
  verified_domains: Generated<string[]>
  client_id: string
  credential_kind: 'secret' | 'certificate'
  credential_sealed: Buffer
  credential_key: GeneratedAlways<number | null>
  secret_last_four: string | null
  certificate_pem: string | null
  certificate_thumbprint: string | null
  credential_expires_on: DateText | null
  state: Generated<'draft' | 'connected' | 'needs-attention'>
  last_check: Json<CheckResult | null> | null
  created_at: Generated<Date>
}

interface ConsentTrips {
  state_hash: Buffer
  workspace_id: string
  connection_id: string
  session_hash: Buffer
  step: 'sign-in' | 'consent'
  nonce: string | null
  code_verifier: string | null
  tenant_id: string | null
  return_to: string
  expires_at: Date
  used_at: Date | null
}

/** A person as a directory tells of them, and as they are found. */
interface Person {
  display_name: string
  email: string | null
  given_name: string | null
  surname: string | null
  user_principal_name: string | null
  job_title: string | null
  department: string | null
  employee_id: string | null
  office_location: string | null
  mobile_phone: string | null
  preferred_language: string | null
  user_type: string | null
  account_enabled: boolean | null
  email_folded: string | null
  name_folded: string
  search: string
}

interface Users extends Person {
  id: Generated<string>
  workspace_id: string
  status: Generated<'active' | 'suspended'>
  suspended_by: 'import' | 'admin' | null
  source: Generated<'manual' | 'entra'>
  connection_id: string | null
  tenant_id: string | null
  object_id: string | null
  linked_at: Date | null
  manual_attributes: Generated<string[]>
  version: Generated<number>
  created_at: Generated<Date>
  updated_at: Generated<Date>
}

interface Groups {
  id: Generated<string>
  workspace_id: string
  connection_id: string | null
  tenant_id: string
  object_id: string
  display_name: string
  name_folded: string
  description: string | null
  mail: string | null
  kind: GroupKind
  dynamic: Generated<boolean>
  last_imported_at: Generated<Date>
  created_at: Generated<Date>
}

interface GroupMembers {
  workspace_id: string
  group_id: string
  user_id: string
}

type Counts = Record<string, number>

interface ImportRuns {
  id: string
  workspace_id: string
  connection_id: string | null
  connection_name: string
  tenant_id: string
  verified_domains: string[]
  state: RunState
  scope: Json<Scope>
  mode: Mode
  include_guests: boolean
  include_disabled: boolean
  created_at: Generated<Date>
  created_by: string | null
  created_by_name: string
  confirmed_at: Date | null
  confirmed_by: string | null
  finished_at: Date | null
  cancel_requested_at: Date | null
  expected: number | null
  read_count: Generated<number>
  plan_counts: GeneratedJson<Counts>
  skip_counts: GeneratedJson<Counts>
  conflict_counts: GeneratedJson<Counts>
  outcome_counts: GeneratedJson<Counts>
  to_apply: Generated<number>
  applied: Generated<number>
  memberships_to_remove: Generated<number>
  fingerprint: string | null
  planned_revision: number | null
  safeguard: Generated<boolean>
  replanned: Json<unknown> | null
  waiting_reason: string | null
  waiting_until: Date | null
  problem_code: ProblemCode | null
  problem_detail: string | null
  lease_owner: string | null
  lease_until: Date | null
  fence: Generated<number>
  resumed: Generated<number>
  attempts: Generated<number>
}

interface ImportSources {
  run_id: string
  ordinal: number
  workspace_id: string
  kind: 'users' | 'group' | 'people'
  object_id: string | null
  name: string
  state: Generated<'pending' | 'reading' | 'complete' | 'gone' | 'forbidden' | 'hidden' | 'unfinished'>
  filter: string | null
  cursor: string | null
  restarts: Generated<number>
  read_count: Generated<number>
  expected: number | null
  nested_hidden: boolean | null
  description: string | null
  mail: string | null
  group_kind: GroupKind | null
  dynamic: boolean | null
  hidden: Generated<boolean>
}

interface ImportEntries extends Person {
  run_id: string
  workspace_id: string
  object_id: string
  invalid: string | null
  altered: Generated<string[]>
  match: string | null
  action: Action | null
  reason: SkipReason | null
  conflict: ConflictKind | null
  decision: Decision | null
  user_id: string | null
  user_version: number | null
  changes: Json<unknown> | null
  outcome: Outcome | null
  problem_code: ProblemCode | null
  problem_detail: string | null
}

interface ImportMemberships {
  run_id: string
  workspace_id: string
  ordinal: number
  object_id: string
}

interface Notifications {
  id: Generated<string>
  workspace_id: string
  admin_id: string
  kind: string
  title: string
  body: string
  link: string
  created_at: Generated<Date>
  read_at: Date | null
}

interface AuditEvents {
  id: Generated<string>
  workspace_id: string
  at: Generated<Date>
  actor_id: string | null
  actor_name: string
  token_id: string | null
  action: string
  outcome: Generated<'done' | 'refused'>
  target_kind: string | null
  target_id: string | null
  target_name: string | null
  detail: GeneratedJson<Record<string, unknown>>
  address: string | null
  request_id: string | null
  seq: Generated<number>
  previous_hash: Generated<Buffer>
  hash: Generated<Buffer>
}

interface AuditHeads {
  workspace_id: string
  seq: Generated<number>
  hash: Generated<Buffer>
  purged_seq: Generated<number>
  purged_hash: Generated<Buffer>
}

interface DataKeys {
  workspace_id: string
  version: number
  sealed: Buffer
  created_at: Generated<Date>
}

interface SecretCanary {
  single: Generated<boolean>
  sealed: Buffer
}

/** The tables, as db/migrations makes them. */
export interface Schema {
  workspaces: Workspaces
  admins: Admins
  invitations: Invitations
  api_tokens: ApiTokens
  passkeys: Passkeys
  passkey_ceremonies: PasskeyCeremonies
  sign_in_links: SignInLinks
  sign_in_trips: SignInTrips
  sessions: Sessions
  connections: Connections
  consent_trips: ConsentTrips
  users: Users
  groups: Groups
  group_members: GroupMembers
  import_runs: ImportRuns
  import_sources: ImportSources
  import_entries: ImportEntries
  import_memberships: ImportMemberships
  notifications: Notifications
  audit_events: AuditEvents
  audit_heads: AuditHeads
  data_keys: DataKeys
  secret_canary: SecretCanary
}

/** Where a query runs: the pool, or a transaction, which is a Db too. */
export type Db = Kysely<Schema>
export type Tx = Transaction<Schema>
