import { createHash } from 'node:crypto'
import type { DirectoryUser, InvalidDirectoryUser } from '../entra/directory-user.ts'
import { foldEmail, foldName, searchText } from '../users/fold.ts'

/** A directory user as the columns of `import_entries` hold it. */
export interface EntryRow {
  object_id: string
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
  guest: boolean
  email_folded: string | null
  name_folded: string
  search: string
  invalid: string | null
  altered: string[]
}

/** The user principal name of somebody invited carries their own address in disguise: it is never an email. */
const isInvited = (userPrincipalName: string) => /#ext#/i.test(userPrincipalName)

/** A guest by type; old accounts have no type, there the name tells (https://learn.microsoft.com/graph/api/resources/user). */
const isGuest = (user: DirectoryUser) =>
  user.userType === null ? isInvited(user.userPrincipalName) : user.userType.toLowerCase() === 'guest'

/** Email is `mail`, else for members the user principal name where it reads as an address. */
function emailOf(user: DirectoryUser): string | null {
  if (user.mail) return user.mail
  if (isGuest(user) || isInvited(user.userPrincipalName)) return null
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(user.userPrincipalName) ? user.userPrincipalName : null
}

/** A name that shows as nothing (empty, or invisible characters alone) gives way to the next best text. */
function shownName(user: DirectoryUser): string {
  const candidates = [user.displayName, user.userPrincipalName]
  return candidates.find((name): name is string => name !== null && foldName(name) !== '') ?? user.objectId
}

/** A stable key for a record whose own id cannot be used, so that reading it twice gives one entry. */
function digestId(record: InvalidDirectoryUser): string {
  const hex = createHash('sha256').update(JSON.stringify(record)).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

const isGuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** The `object_id` of the entry that somebody becomes: their own, or where that is none, a digest of the record. */
export function entryId(user: DirectoryUser | InvalidDirectoryUser): string {
  if (!('invalid' in user)) return user.objectId
  return user.objectId !== null && isGuid(user.objectId) ? user.objectId : digestId(user)
}

function invalidEntry(record: InvalidDirectoryUser): EntryRow {
  const name = record.displayName ?? record.objectId ?? 'Unreadable record'
  return {
    object_id: entryId(record),
    display_name: name,
    email: null,
    given_name: null,
    surname: null,
    user_principal_name: null,
    job_title: null,
    department: null,
    employee_id: null,
    office_location: null,
    mobile_phone: null,
    preferred_language: null,
    user_type: null,
    account_enabled: null,
    guest: false,
    email_folded: null,
    name_folded: foldName(name),
    search: searchText(name, null, null),
    invalid: record.invalid,
    altered: [],
  }
}

/** Turns a directory user as read from Graph into the entry that is stored, folded once for all later comparing. */
export function entryOf(user: DirectoryUser | InvalidDirectoryUser): EntryRow {
  if ('invalid' in user) return invalidEntry(user)
  const name = shownName(user)
  const email = emailOf(user)
  return {
    object_id: user.objectId,
    display_name: name,
    email,
    given_name: user.givenName,
    surname: user.surname,
    user_principal_name: user.userPrincipalName,
    job_title: user.jobTitle,
    department: user.department,
    employee_id: user.employeeId,
    office_location: user.officeLocation,
    mobile_phone: user.mobilePhone,
    preferred_language: user.preferredLanguage,
    user_type: user.userType,
    account_enabled: user.accountEnabled,
    guest: isGuest(user),
    email_folded: foldEmail(email),
    name_folded: foldName(name),
    search: searchText(name, email, user.userPrincipalName),
    invalid: null,
    altered: user.altered,
  }
}
