import { z } from 'zod'
import { panelPath } from './panel-path.ts'
import { problemCode } from './problem.ts'

export const clouds = ['global', 'us-government-l4', 'us-government-l5', 'china'] as const
const cloud = z.enum(clouds)
export type Cloud = z.infer<typeof cloud>

const permissionNames = ['User.Read.All', 'GroupMember.Read.All', 'Organization.Read.All'] as const
const permissionName = z.enum(permissionNames)
export type PermissionName = z.infer<typeof permissionName>

/** One row of the table "what works, what is missing", with the deed that mends it. */
const checkRow = z.object({
  /** 'sign-in' stands for getting a token at all. */
  subject: z.union([permissionName, z.literal('sign-in')]),
  works: z.boolean(),
  code: problemCode.nullable(),
  /** What was seen, for example "Read 32 users". */
  finding: z.string(),
  /** What the admin does about it; null where nothing is wrong. */
  remedy: z.string().nullable(),
})
export type CheckRow = z.infer<typeof checkRow>

export const checkResult = z.object({
  checkedAt: z.iso.datetime(),
  healthy: z.boolean(),
  rows: z.array(checkRow),
  /** Microsoft's request id of the failing call, for their support. */
  requestId: z.string().nullable(),
})
export type CheckResult = z.infer<typeof checkResult>

/** draft: never granted · connected: last check healthy · needs-attention: last check found something. */
const connectionState = z.enum(['draft', 'connected', 'needs-attention'])

export const connection = z.object({
  id: z.uuid(),
  name: z.string(),
  state: connectionState,
  cloud,
  /** Tenant as typed: id or domain. */
  tenant: z.string(),
  /** The tenant id that was proved by sign-in; null before the first grant. */
  tenantId: z.guid().nullable(),
  tenantName: z.string().nullable(),
  verifiedDomains: z.array(z.string()),
  clientId: z.guid(),
  credential: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('secret'), lastFour: z.string(), expiresOn: z.iso.date().nullable() }),
    z.object({
      kind: z.literal('certificate'),
      /** Hex SHA-1, as the Entra portal shows it. */
      thumbprint: z.string(),
      expiresOn: z.iso.date(),
    }),
  ]),
  lastCheck: checkResult.nullable(),
  createdAt: z.iso.datetime(),
  /** The run of this connection that is not finished, if there is one. */
  activeImportId: z.uuid().nullable(),
})
export type Connection = z.infer<typeof connection>

const credentialInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('secret'), secret: z.string().trim().min(1).max(500) }),
  /** The panel makes the key pair; the public part is downloaded from …/certificate. */
  z.strictObject({ kind: z.literal('certificate') }),
])

const tenant = z
  .string()
  .trim()
  .max(253)
  .regex(
    /^([0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9])$/i,
    'Enter the directory (tenant) ID, such as 00000000-0000-0000-0000-000000000000, or one of its domains, such as contoso.com.',
  )

const clientId = z
  .string()
  .trim()
  .regex(
    /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i,
    'Enter the application (client) ID: a GUID from the app registration’s Overview page.',
  )

/** POST /api/connections */
export const createConnection = z.strictObject({
  name: z.string().trim().min(1).max(80).default('Microsoft Entra ID'),
  cloud: cloud.default('global'),
  tenant,
  clientId,
  credential: credentialInput,
})
export type CreateConnection = z.input<typeof createConnection>

/** PATCH /api/connections/:id — cloud and tenant stay as they were created. */
export const updateConnection = z.strictObject({
  name: z.string().trim().min(1).max(80).optional(),
  clientId: clientId.optional(),
  credential: credentialInput.optional(),
})

/** GET /api/connections/setup — what the connect form needs before anything is typed. */
export const connectionSetup = z.object({
  redirectUri: z.string(),
  permissions: z.array(z.object({ name: permissionName, why: z.string(), without: z.string() })),
  /** Values of the local sample tenant; only in the demo. */
  demo: z.object({ tenant: z.string(), clientId: z.string(), clientSecret: z.string() }).nullable(),
})
export type ConnectionSetup = z.infer<typeof connectionSetup>

/** POST /api/connections/:id/grant — `returnTo` is a path of the panel to come back to. */
export const grantRequest = z.strictObject({ returnTo: panelPath })
/** The address at Microsoft to send the browser to. */
export const grantAnswer = z.object({ url: z.string() })

const groupKinds = ['security', 'microsoft365', 'distribution', 'mail-security'] as const
export const groupKind = z.enum(groupKinds)
export type GroupKind = z.infer<typeof groupKind>

/** A group as Entra has it, for the chooser. */
export const directoryGroup = z.object({
  id: z.guid(),
  displayName: z.string(),
  description: z.string().nullable(),
  mail: z.string().nullable(),
  kind: groupKind,
  dynamic: z.boolean(),
  /** True where Entra hides the members of this group. */
  hiddenMembership: z.boolean(),
  /** People in it, nested ones included; null where Microsoft did not say. */
  memberCount: z.number().int().nullable(),
})
export type DirectoryGroup = z.infer<typeof directoryGroup>

/** GET /api/connections/:id/groups?search= — first matches, asked of Microsoft each time. */
export const directoryGroups = z.object({
  items: z.array(directoryGroup),
  total: z.number().int().nullable(),
  more: z.boolean(),
})
export type DirectoryGroups = z.infer<typeof directoryGroups>

/** GET /api/connections/:id/counts — counts of the whole tenant; null where Microsoft did not say. */
export const directoryCounts = z.object({
  users: z.number().int().nullable(),
  guests: z.number().int().nullable(),
  disabled: z.number().int().nullable(),
  groups: z.number().int().nullable(),
})
export type DirectoryCounts = z.infer<typeof directoryCounts>
