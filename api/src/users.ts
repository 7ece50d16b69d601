import { z } from 'zod'
import { attributeName } from './attributes.ts'
import { pageOf, pageQuery } from './page.ts'

const userStatus = z.enum(['active', 'suspended'])
const userSource = z.enum(['manual', 'entra'])

/** A person of the workspace, as lists show them. */
const user = z.object({
  id: z.uuid(),
  displayName: z.string(),
  email: z.string().nullable(),
  userPrincipalName: z.string().nullable(),
  jobTitle: z.string().nullable(),
  department: z.string().nullable(),
  status: userStatus,
  source: userSource,
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type User = z.infer<typeof user>

export const userSort = z.enum(['name', '-name', 'email', '-email', 'created', '-created'])

/** GET /api/users — `search` matches name, email and user principal name anywhere in them. */
export const userQuery = pageQuery.extend({
  search: z.string().trim().max(200).optional(),
  status: userStatus.optional(),
  source: userSource.optional(),
  group: z.uuid().optional(),
  sort: userSort.default('name'),
})
export const userPage = pageOf(user)

/** One attribute and where its value came from. */
const attributeOrigin = z.enum(['entra', 'manual'])

/** GET /api/users/:id */
export const userDetail = user.extend({
  attributes: z.array(
    z.object({
      name: attributeName,
      value: z.union([z.string(), z.boolean()]).nullable(),
      origin: attributeOrigin,
    }),
  ),
  /** Why a suspended person is suspended; null while active. */
  suspendedBy: z.enum(['import', 'admin']).nullable(),
  directory: z
    .object({
      connectionId: z.uuid().nullable(),
      // Microsoft's ids are GUIDs, which need not say a version as UUIDs do.
      tenantId: z.guid(),
      objectId: z.guid(),
      linkedAt: z.iso.datetime(),
    })
    .nullable(),
  groups: z.array(z.object({ id: z.uuid(), displayName: z.string() })),
  /** The imports that touched this person, newest first, fifty at most. */
  imports: z.array(
    z.object({ id: z.uuid(), at: z.iso.datetime(), outcome: z.string(), changes: z.number().int() }),
  ),
})
export type UserDetail = z.infer<typeof userDetail>

const text = (max: number) => z.string().trim().max(max).nullable().optional()
const editable = {
  displayName: z.string().trim().min(1, 'Enter a name.').max(256),
  email: z.email('Enter an email address, such as adele@contoso.com.').max(320),
  givenName: text(64),
  surname: text(64),
  jobTitle: text(128),
  department: text(64),
  employeeId: text(16),
  officeLocation: text(128),
  mobilePhone: text(64),
  preferredLanguage: text(35),
}

/** POST /api/users */
export const createUser = z.strictObject(editable)
export type CreateUser = z.infer<typeof createUser>

/** PATCH /api/users/:id — an imported person's directory attributes are refused with `managed_by_directory`. */
export const updateUser = z.strictObject({ ...editable, status: userStatus }).partial()
export type UpdateUser = z.infer<typeof updateUser>
