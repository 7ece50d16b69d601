import type { Action, ConflictKind, Decision, SkipReason } from '@keyroster/api/imports.ts'
import type { Wish } from './draw-schedule.ts'
import type { Person } from './draw-tenant.ts'
import { asRead, type UserRow } from './draw-workspace.ts'

/** A chosen group that can be read to its end. */
interface GroupRead {
  id: string
  displayName: string
  /** Object ids of those shown in it. */
  people: Set<string>
  /** Whether everybody in it is shown. */
  whole: boolean
}

/** What an import is about, before it. */
export interface Scene {
  wish: Wish
  tenantId: string
  verifiedDomains: string[]
  adminEmail: string | null
  people: Person[]
  groupsRead: GroupRead[]
  users: UserRow[]
  /** `group user`: object id of a group, id of a user. */
  members: Set<string>
  groups: Map<string, string>
  /** Answers by object id, as they stand at the end. */
  answers: Map<string, Decision>
}

interface Judged {
  action: Action
  reason: SkipReason | null
  conflict: ConflictKind | null
  user: UserRow | null
}

/** What is to be there after the import. Users who are new have the id `new` and their object id. */
export interface Foretold {
  entries: Map<string, Judged>
  users: Map<string, UserRow>
  groups: Map<string, string>
  members: Set<string>
  /** Object ids of those whose planned change is not possible any more. */
  failed: Set<string>
}

export const newId = (objectId: string) => `new ${objectId}`

/**
 * The rules of an import once more, one person after the other: what plan.ts and apply.ts do in sets has to come to the
 * same. `late` is the workspace when the plan is applied, where somebody changed it after the plan was confirmed.
 */
export function foretell(scene: Scene, late: Pick<Scene, 'users' | 'members'> = scene): Foretold {
  const { wish } = scene
  const taken = scene.people.filter(
    (person) => wish.groups === null || scene.groupsRead.some((group) => group.people.has(person.id)),
  )
  const sharers = countSharers(scene, taken)
  const entries = new Map(taken.map((person) => [person.id, judge(scene, person, sharers)]))
  const users = new Map(late.users.map((user) => [user.id, user]))
  const members = new Set(late.members)
  const failed = new Set<string>()
  const groups = new Map(scene.groups)
  if (wish.groups !== null) for (const group of scene.groupsRead) groups.set(group.id, group.displayName)
  for (const person of taken) {
    const judged = entries.get(person.id)!
    const written = write(scene, person, judged)
    if (written === null) continue
    if (isOvertaken(late.users, person, judged)) {
      failed.add(person.id)
      continue
    }
    users.set(written.id, written)
    if (wish.groups === null) continue
    for (const group of scene.groupsRead)
      if (group.people.has(person.id)) members.add(`${group.id} ${written.id}`)
  }
  if (wish.groups !== null && wish.mode !== 'new') leaveGroups(scene, late.users, members)
  return { entries, users, groups, members, failed }
}

/** Whether somebody changed the user that was reviewed, or gave the email of somebody new to another. */
function isOvertaken(users: UserRow[], person: Person, { action, conflict, user }: Judged): boolean {
  if (action !== 'create') return users.find(({ id }) => id === user!.id)?.version !== user!.version
  const email = compared(emailOf(person))
  return conflict === null && users.some((other) => compared(other.email) === email)
}

/** Whoever is linked to this tenant and is in a group no longer leaves it. */
function leaveGroups(scene: Scene, users: UserRow[], members: Set<string>): void {
  for (const group of scene.groupsRead.filter(tellsAbsence))
    for (const user of users)
      if (user.tenant_id === scene.tenantId && !group.people.has(user.object_id!))
        members.delete(`${group.id} ${user.id}`)
}

/** An empty group proves nothing, nor does one that may have people who are not shown. */
export const tellsAbsence = (group: GroupRead): boolean => group.whole && group.people.size > 0

const invited = (person: Person) => /#ext#/i.test(person.userPrincipalName)
const guest = (person: Person) => (person.userType === null ? invited(person) : person.userType === 'Guest')
const emailOf = (person: Person) =>
  person.mail ?? (guest(person) || invited(person) ? null : person.userPrincipalName)

/** Emails are compared without case; one outside ASCII equals no other. */
const compared = (email: string | null) =>
  email !== null && /^[\x21-\x7e]+$/.test(email) ? email.toLowerCase() : null

const linkedTo = (scene: Scene, person: Person) =>
  scene.users.find((user) => user.tenant_id === scene.tenantId && user.object_id === person.id) ?? null

function leftOut({ wish }: Scene, person: Person): SkipReason | null {
  if (guest(person) && !wish.includeGuests) return 'guest'
  if (person.accountEnabled === false && !wish.includeDisabled) return 'disabled'
  return emailOf(person) === null ? 'no-email' : null
}

/** How many of those who take part have each email. */
function countSharers(scene: Scene, taken: Person[]): Map<string, number> {
  const sharers = new Map<string, number>()
  for (const person of taken) {
    const email = compared(emailOf(person))
    const takesPart = linkedTo(scene, person) !== null || leftOut(scene, person) === null
    if (email !== null && takesPart) sharers.set(email, (sharers.get(email) ?? 0) + 1)
  }
  return sharers
}

function judge(scene: Scene, person: Person, sharers: Map<string, number>): Judged {
  const linked = linkedTo(scene, person)
  const plain = (action: Action, reason: SkipReason | null, user: UserRow | null): Judged => ({
    action,
    reason,
    conflict: null,
    user,
  })
  if (linked !== null)
    return scene.wish.mode === 'new'
      ? plain('skip', 'already-exists', linked)
      : plain(follow(scene, person, linked), null, linked)
  const out = leftOut(scene, person)
  if (out !== null) return plain('skip', out, null)
  const email = compared(emailOf(person))
  const holders = email === null ? [] : scene.users.filter((user) => compared(user.email) === email)
  const holder = holders.length === 1 ? holders[0]! : null
  const conflict = conflictOf(scene, person, holders, email !== null && sharers.get(email)! > 1)
  if (conflict !== null) {
    const answer = scene.answers.get(person.id)
    const counts = answer !== undefined && possibleAnswers(scene, conflict, holder).includes(answer)
    const action = counts ? answer : 'conflict'
    return { action, reason: action === 'skip' ? 'decided' : null, conflict, user: holder }
  }
  if (holders.length > 0 && scene.wish.mode === 'new') return plain('skip', 'already-exists', holder)
  if (holder !== null && holder.object_id === null) return plain('link', null, holder)
  if (scene.wish.mode === 'existing') return plain('skip', 'not-in-workspace', holder)
  return plain('create', null, null)
}

function conflictOf(
  { wish: { mode }, adminEmail, verifiedDomains }: Scene,
  person: Person,
  holders: UserRow[],
  shared: boolean,
): ConflictKind | null {
  const email = compared(emailOf(person))
  if (email === null && mode !== 'existing') return 'email-not-comparable'
  const alone = holders.length === 1
  const elsewhere = alone && holders[0]!.object_id !== null
  if (elsewhere && mode !== 'existing') return 'email-linked-elsewhere'
  if (holders.length > 0 && mode === 'new') return null
  if (holders.length > 1) return 'email-ambiguous'
  if (elsewhere) return null
  if (shared && (alone || mode !== 'existing')) return 'email-shared'
  if (alone && email === adminEmail) return 'email-of-admin'
  const proved = !guest(person) && verifiedDomains.includes(email?.split('@').at(-1) ?? '')
  return alone && !proved ? 'domain-unverified' : null
}

/** The answers that are still possible in this scene; the others have to be given anew. */
export function answersThatStand(scene: Scene): Map<string, Decision> {
  const { entries } = foretell(scene)
  const stand = [...scene.answers].filter(([objectId, answer]) => {
    const { conflict, user } = entries.get(objectId)!
    return conflict !== null && possibleAnswers(scene, conflict, user).includes(answer)
  })
  return new Map(stand)
}

/** What may be answered to a conflict. */
function possibleAnswers(
  { wish: { mode } }: Scene,
  conflict: ConflictKind,
  holder: UserRow | null,
): Decision[] {
  const someoneFree = holder !== null && holder.object_id === null && mode !== 'new'
  const answers: Decision[] = ['skip']
  if (mode !== 'existing') answers.push('create')
  if (someoneFree && (conflict === 'email-shared' || conflict === 'domain-unverified')) answers.push('link')
  return answers
}

function follow(scene: Scene, person: Person, user: UserRow): Action {
  if (person.accountEnabled === false && user.status === 'active') return 'suspend'
  if (person.accountEnabled && user.suspended_by === 'import') return 'restore'
  const groups = scene.wish.groups === null ? [] : scene.groupsRead
  const moved = groups.some((group) => {
    const isHere = scene.members.has(`${group.id} ${user.id}`)
    return group.people.has(person.id) ? !isHere : isHere && tellsAbsence(group)
  })
  const changed = attributes.some(([column]) => after(user, person)[column] !== user[column])
  return moved || changed ? 'update' : 'unchanged'
}

const attributes = [
  ['display_name', 'displayName'],
  ['email', 'email'],
  ['given_name', 'givenName'],
  ['surname', 'surname'],
  ['user_principal_name', 'userPrincipalName'],
  ['job_title', 'jobTitle'],
  ['department', 'department'],
  ['employee_id', 'employeeId'],
  ['office_location', 'officeLocation'],
  ['mobile_phone', 'mobilePhone'],
  ['preferred_language', 'preferredLanguage'],
  ['user_type', 'userType'],
  ['account_enabled', 'accountEnabled'],
] as const satisfies [keyof UserRow, string][]

/** The directory's values with the email that an import takes. */
const asImported = (person: Person) => ({ ...asRead(person), email: emailOf(person) })

/** A user with the directory's values; what was typed here stays where the directory has none, and so does whether they may sign in. */
function after(user: UserRow, person: Person): UserRow {
  const read = asImported(person)
  const stays = attributes.filter(
    ([column, name]) =>
      read[column] === null && (user.source === 'manual' || user.manual_attributes.includes(name)),
  )
  const kept = Object.fromEntries(stays.map(([column]) => [column, user[column]]))
  const typed = stays.filter(([column]) => user[column] !== null).map(([, name]) => name)
  const account_enabled = read.account_enabled ?? user.account_enabled
  return { ...user, ...read, ...kept, account_enabled, manual_attributes: typed }
}

/** The row as the planned change leaves it; null where nothing is written. */
function write(scene: Scene, person: Person, { action, user }: Judged): UserRow | null {
  const disabled = person.accountEnabled === false
  const suspended = { status: 'suspended', suspended_by: 'import' } as const
  const active = { status: 'active', suspended_by: null } as const
  const identity = { source: 'entra', tenant_id: scene.tenantId, object_id: person.id } as const
  if (action === 'create') {
    const row = {
      ...asImported(person),
      ...identity,
      manual_attributes: [],
      version: 1,
      id: newId(person.id),
    }
    return { ...row, ...(disabled ? suspended : active) }
  }
  if (user === null || !['link', 'update', 'suspend', 'restore'].includes(action)) return null
  const row = { ...after(user, person), ...identity, version: user.version + 1 }
  if (action === 'restore') return { ...row, ...active }
  const suspends = action === 'suspend' || (action === 'link' && disabled)
  return suspends && user.status === 'active' ? { ...row, ...suspended } : row
}
