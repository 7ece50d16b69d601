import { randomUUID } from 'node:crypto'
import { foldEmail, foldName, searchText } from '../../users/fold.ts'
import type { UserRow as StoredUser } from '../../users/read-user.ts'
import type { Draw } from './draw.ts'
import type { DrawnTenant, Person } from './draw-tenant.ts'

/** A row of `users`, as far as an import may change it or look at it. */
export type UserRow = Omit<
  StoredUser,
  keyof Folded | 'workspace_id' | 'connection_id' | 'linked_at' | 'created_at' | 'updated_at'
>

type Folded = Pick<StoredUser, 'email_folded' | 'name_folded' | 'search'>

/** Rows of a workspace before an import; group members are pairs of their rows' ids. */
export interface DrawnWorkspace {
  users: (UserRow & Folded)[]
  groups: { id: string; object_id: string; display_name: string }[]
  members: { group_id: string; user_id: string }[]
}

const ELSEWHERE = '22222222-2222-4222-8222-222222222222'

/** People typed by hand and people of earlier imports, some as the tenant has them, some not any more. */
export function drawWorkspace(draw: Draw, tenant: DrawnTenant, tenantId: string): DrawnWorkspace {
  const users = [
    ...draw.some(tenant.people, 0.3).map((person) => linked(draw, person, tenantId)),
    ...draw.some(tenant.people, 0.2).map((person) => typed(draw, person)),
    ...draw
      .some(tenant.people, 0.04)
      .map((person) => linked(draw, { ...person, id: draw.uuid() }, ELSEWHERE)),
    ...Array.from({ length: 3 }, () => typed(draw, stranger(draw))),
    ...Array.from({ length: 3 }, () => linked(draw, stranger(draw), tenantId)),
  ]
  const groups = draw
    .some(tenant.groups, 0.6)
    .map(({ id, displayName }) => ({ id: randomUUID(), object_id: id, display_name: displayName }))
  const members = groups.flatMap((group) =>
    draw
      .some(
        users.filter((user) => user.object_id !== null),
        0.3,
      )
      .map((user) => ({ group_id: group.id, user_id: user.id })),
  )
  return { users, groups, members }
}

function stranger(draw: Draw): Person {
  const id = draw.uuid()
  const mail = `${id.slice(0, 8)}@contoso.com`
  return { id, userPrincipalName: mail, displayName: `Left ${id.slice(0, 4)}`, mail, accountEnabled: true }
}

/** Somebody an earlier import brought, often with what has changed at Microsoft since. */
function linked(draw: Draw, person: Person, tenantId: string): UserRow & Folded {
  const suspended = draw.pick(['import', 'admin', null, null, null] as const)
  const typedTitle = draw.chance(0.2)
  return row({
    ...asRead(person),
    ...(draw.chance(0.4) && { department: 'Stores', display_name: `${person.displayName} (old)` }),
    ...(draw.chance(0.1) && { email: `old.${person.userPrincipalName.split(/[@#]/)[0]}@contoso.com` }),
    ...(typedTitle && { job_title: 'Keyholder' }),
    manual_attributes: typedTitle ? ['jobTitle'] : [],
    status: suspended ? 'suspended' : 'active',
    suspended_by: suspended,
    source: 'entra',
    tenant_id: tenantId,
    object_id: person.id,
  })
}

/** Somebody typed by hand, with the email of the directory user. */
function typed(draw: Draw, person: Person): UserRow & Folded {
  const suspended = draw.chance(0.1)
  return row({
    ...asRead({ ...nobody, displayName: 'Typed by hand' }),
    email: person.mail ?? person.userPrincipalName,
    job_title: draw.pick(['Keyholder', null]),
    office_location: draw.pick(['Berlin', null]),
    status: suspended ? 'suspended' : 'active',
    suspended_by: suspended ? 'admin' : null,
  })
}

const nobody = { id: '', userPrincipalName: null }

/** A directory user's values by the columns of `users`. */
export function asRead(person: Omit<Person, 'userPrincipalName'> & { userPrincipalName: string | null }) {
  return {
    display_name: person.displayName,
    email: person.mail ?? null,
    given_name: person.givenName ?? null,
    surname: person.surname ?? null,
    user_principal_name: person.userPrincipalName,
    job_title: person.jobTitle ?? null,
    department: person.department ?? null,
    employee_id: person.employeeId ?? null,
    office_location: person.officeLocation ?? null,
    mobile_phone: person.mobilePhone ?? null,
    preferred_language: person.preferredLanguage ?? null,
    user_type: person.userType ?? null,
    account_enabled: person.accountEnabled ?? null,
  }
}

function row(known: ReturnType<typeof asRead> & Partial<UserRow>): UserRow & Folded {
  const { display_name: name, email, user_principal_name: principal } = known
  return {
    id: randomUUID(),
    status: 'active',
    suspended_by: null,
    source: 'manual',
    tenant_id: null,
    object_id: null,
    manual_attributes: [],
    version: 1,
    ...known,
    email_folded: foldEmail(email),
    name_folded: foldName(name),
    search: searchText(name, email, principal),
  }
}
