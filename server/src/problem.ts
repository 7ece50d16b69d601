import type { ProblemCode } from '@keyroster/api/problem.ts'
import { type Action, type Role, roleNames, rolesWith } from '@keyroster/api/roles.ts'

export interface ProblemField {
  /** The path of the value in the request, such as `email` or `credential.secret`. */
  field: string
  message: string
}

/**
 * A refusal that a person can act on: `code` is stable, the message is a safe sentence to show them, `fields` says what
 * to mend in a form, `link` where the thing in the way stands. The cause stays private: it is logged, never answered. So
 * does `concerns`, the id of the admin as whom somebody tried to sign in: it is recorded.
 * Which HTTP status it becomes is decided in http/.
 */
export class ProblemError extends Error {
  readonly code: ProblemCode
  readonly fields: ProblemField[] | undefined
  readonly link: string | undefined
  readonly concerns: string | undefined

  constructor(
    code: ProblemCode,
    detail: string,
    options: { fields?: ProblemField[]; link?: string; concerns?: string | undefined; cause?: unknown } = {},
  ) {
    super(detail, { cause: options.cause })
    this.name = 'ProblemError'
    this.code = code
    this.fields = options.fields
    this.link = options.link
    this.concerns = options.concerns
  }
}

export function badRequest(fields: ProblemField[]): ProblemError {
  return new ProblemError('bad_request', 'Some values are missing or wrong.', { fields })
}

/** `what` is the thing's name in lower case, such as `user` or `import`. */
export function notFound(what: string): ProblemError {
  return new ProblemError('not_found', `There is no such ${what} in this workspace.`)
}

export function notSignedIn(): ProblemError {
  return new ProblemError('not_signed_in', 'Sign in to continue.')
}

/** `concerns` is the admin whose link it was. */
export function linkSpent(concerns?: string): ProblemError {
  return new ProblemError(
    'link_spent',
    'This sign-in link was used already or is older than ten minutes. Make a new one with: npx keyroster sign-in-link',
    { concerns },
  )
}

/** `concerns` is the admin whose passkey it is. */
export function passkeyRefused(cause: unknown, concerns?: string): ProblemError {
  return new ProblemError(
    'passkey_refused',
    'This passkey was not accepted. Try again, or use a sign-in link.',
    { concerns, cause },
  )
}

export function invitationSpent(): ProblemError {
  return new ProblemError(
    'link_spent',
    'This invitation was used already, was taken back, or is older than 24 hours. Ask whoever invited you for a new one.',
  )
}

/** `concerns` is the admin who tried to sign in. */
export function adminDisabled(concerns: string): ProblemError {
  return new ProblemError(
    'admin_disabled',
    'An owner has disabled you here. Ask an owner to enable you again.',
    {
      concerns,
    },
  )
}

export function lastOwner(): ProblemError {
  return new ProblemError(
    'last_owner',
    'This is the only owner who can sign in. Make somebody else an owner first.',
  )
}

export function alreadyAdmin(email: string): ProblemError {
  return new ProblemError('already_admin', `Somebody here has the email ${email} already.`, {
    fields: [{ field: 'email', message: 'Somebody here has this email already.' }],
  })
}

export function microsoftSignInOff(): ProblemError {
  return new ProblemError(
    'microsoft_sign_in_off',
    'Sign in with Microsoft is off here. Use your passkey; an owner can turn it on in the settings.',
  )
}

export function microsoftAccountUnknown(): ProblemError {
  return new ProblemError(
    'microsoft_account_unknown',
    'Nobody here has bound this Microsoft account. Sign in with your passkey, then bind it.',
  )
}

export function noPasskeyYet(): ProblemError {
  return new ProblemError('passkey_refused', 'You have no passkey yet. Add one, then touch it.')
}

export function lastPasskey(): ProblemError {
  return new ProblemError('last_passkey', 'This is your only passkey. Add another one before you remove it.')
}

export function tooManyRequests(seconds: number): ProblemError {
  return new ProblemError('too_many_requests', `Too many requests. Try again in ${seconds} seconds.`)
}

/** `link` leads to the user who has the email. */
export function emailAlreadyUsed(email: string, link: string): ProblemError {
  return new ProblemError('email_already_used', `Another user has the email ${email}.`, {
    fields: [{ field: 'email', message: 'Another user has this email.' }],
    link,
  })
}

/** `fields` are the attributes that the directory owns. */
export function managedByDirectory(fields: string[]): ProblemError {
  return new ProblemError(
    'managed_by_directory',
    'Microsoft Entra ID manages these attributes. Change them there.',
    {
      fields: fields.map((field) => ({ field, message: 'Microsoft Entra ID manages this attribute.' })),
    },
  )
}

/** `action` names what was asked for; a route that names nothing is nobody's. */
export function notAllowed(action: Action | undefined): ProblemError {
  const who = action === undefined ? [] : rolesWith(action).map((role) => roleNames[role].toLowerCase())
  const ask = who.length > 0 ? `Ask somebody who is ${who.join(' or ')}.` : 'Nobody may.'
  return new ProblemError('not_allowed', `You may not do this. ${ask}`)
}

export function noTokenMay(): ProblemError {
  return new ProblemError(
    'not_allowed',
    'No API token may do this. Sign in, and do it in the panel with a touch of your passkey.',
  )
}

export function stepUpNeeded(): ProblemError {
  return new ProblemError(
    'step_up_needed',
    'Touch your passkey again to do this: the last touch is over five minutes ago.',
  )
}

/** `scopes` are those that a person of this role may not give away. */
export function tokenScopeTooWide(role: Role, scopes: Action[]): ProblemError {
  return new ProblemError(
    'token_scope_too_wide',
    `A token can do no more than its person, and the role ${roleNames[role].toLowerCase()} does not allow ${scopes.join(' and ')}.`,
    { fields: [{ field: 'scopes', message: `Leave out ${scopes.join(' and ')}.` }] },
  )
}

/** `scope` is what a request with an API token lacks. */
export function scopeMissing(scope: Action): ProblemError {
  return new ProblemError(
    'not_allowed',
    `This API token does not have the scope ${scope}. Use one that has it.`,
  )
}
