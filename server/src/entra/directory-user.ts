import { cleanText, isVisible } from './clean-text.ts'

/** A directory user as read and cleaned; null where Entra has no value, or did not say. */
export interface DirectoryUser {
  /** Lower-case GUID. */
  objectId: string
  displayName: string | null
  givenName: string | null
  surname: string | null
  mail: string | null
  userPrincipalName: string
  jobTitle: string | null
  department: string | null
  employeeId: string | null
  officeLocation: string | null
  mobilePhone: string | null
  preferredLanguage: string | null
  /** Null is unknown, never disabled. */
  accountEnabled: boolean | null
  /** `Member`, `Guest`, or null, which old accounts have. */
  userType: string | null
  /** Names of attributes whose text is not as Entra has it: absurdly long and cut, or cleaned. */
  altered: string[]
}

/** A record that cannot be imported, with the reason as a sentence; `objectId` is null where there is none at all. */
export interface InvalidDirectoryUser {
  objectId: string | null
  displayName: string | null
  invalid: string
}

/** Exactly the properties that an import reads: most of them come only when asked for. */
export const userSelect = [
  'id',
  'displayName',
  'givenName',
  'surname',
  'mail',
  'userPrincipalName',
  'jobTitle',
  'department',
  'employeeId',
  'officeLocation',
  'mobilePhone',
  'preferredLanguage',
  'accountEnabled',
  'userType',
].join(',')

const texts = [
  'displayName',
  'givenName',
  'surname',
  'jobTitle',
  'department',
  'employeeId',
  'officeLocation',
  'mobilePhone',
  'userType',
] as const

/** Far above Entra's own limits (a display name has 256), so that only nonsense is cut. */
const LONGEST_TEXT = 1_024
const LONGEST_ADDRESS = 320
const LONGEST_ID = 100

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const languageTag = /^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i

/**
 * Reads one user of a list, whatever it holds. Texts lose NUL and lone surrogates, which no database stores; empty or
 * invisible ones are null; absurdly long ones are cut and named in `altered`. An address is never cut: it would be
 * somebody else's.
 */
export function readDirectoryUser(raw: unknown): DirectoryUser | InvalidDirectoryUser {
  if (typeof raw !== 'object' || raw === null)
    return invalid(null, {}, 'Microsoft sent no record for this person.')
  const record = raw as Record<string, unknown>
  const { id } = record
  if (typeof id !== 'string') return invalid(null, record, 'Microsoft sent this person without an object ID.')
  if (!guid.test(id))
    return invalid(cut(id, LONGEST_ID), record, 'The object ID of this person is not a GUID.')
  const objectId = id.toLowerCase()

  const broken = texts.find((attribute) => typeof (record[attribute] ?? '') !== 'string')
  if (broken) return invalid(objectId, record, notText(broken))
  const altered: string[] = []
  const text = (attribute: (typeof texts)[number]) =>
    readText(attribute, record[attribute] as string | null | undefined, altered)
  const mail = readAddress('mail', record.mail, altered)
  if (typeof mail === 'object' && mail !== null) return invalid(objectId, record, mail.invalid)
  const userPrincipalName = readAddress('userPrincipalName', record.userPrincipalName, altered)
  if (typeof userPrincipalName === 'object') {
    const reason = userPrincipalName?.invalid ?? 'Microsoft sent this person without a userPrincipalName.'
    return invalid(objectId, record, reason)
  }
  return {
    objectId,
    displayName: text('displayName'),
    givenName: text('givenName'),
    surname: text('surname'),
    mail,
    userPrincipalName,
    jobTitle: text('jobTitle'),
    department: text('department'),
    employeeId: text('employeeId'),
    officeLocation: text('officeLocation'),
    mobilePhone: text('mobilePhone'),
    preferredLanguage: readLanguage(record.preferredLanguage, altered),
    accountEnabled: typeof record.accountEnabled === 'boolean' ? record.accountEnabled : null,
    userType: text('userType'),
    altered,
  }
}

const notText = (attribute: string) => `Microsoft sent a ${attribute} that is not text.`

function invalid(
  objectId: string | null,
  { displayName }: Record<string, unknown>,
  reason: string,
): InvalidDirectoryUser {
  const name = typeof displayName === 'string' ? cut(displayName, LONGEST_TEXT) : null
  return { objectId, displayName: name, invalid: reason }
}

/** The first characters, put together anew: a part of a text would keep all of it in memory. */
function cut(text: string, length: number): string {
  return [...cleanText(text).slice(0, 2 * length)].slice(0, length).join('')
}

function readText(attribute: string, value: string | null | undefined, altered: string[]): string | null {
  if (value === null || value === undefined) return null
  const text = value.length > LONGEST_TEXT ? cut(value, LONGEST_TEXT) : cleanText(value)
  if (text !== value) altered.push(attribute)
  return isVisible(text) ? text : null
}

function readAddress(
  attribute: string,
  value: unknown,
  altered: string[],
): string | null | { invalid: string } {
  if (value === null || value === undefined) return null
  if (typeof value !== 'string') return { invalid: notText(attribute) }
  if (value.length > LONGEST_ADDRESS) {
    return { invalid: `The ${attribute} of this person is longer than ${LONGEST_ADDRESS} characters.` }
  }
  return readText(attribute, value, altered)
}

function readLanguage(value: unknown, altered: string[]): string | null {
  if (value === null || value === undefined || value === '') return null
  if (typeof value === 'string' && value.length <= 64 && languageTag.test(value)) return value
  altered.push('preferredLanguage')
  return null
}
