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

/** A record that cannot be imported, with the reason as a sentence; `objectId` is null where even that is unreadable. */
export interface InvalidDirectoryUser {
  objectId: string | null
  displayName: string | null
  invalid: string
}

export function readDirectoryUser(_raw: unknown): DirectoryUser | InvalidDirectoryUser {
  throw new Error('not there yet')
}
