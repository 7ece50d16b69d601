import { domainToASCII } from 'node:url'

/**
 * Folds an email for comparing, the only place where this is done.
 *
 * ASCII letters are lower-cased, the domain becomes its IDNA form. Answers null where two different mailboxes could fold
 * to one text (a local part outside ASCII, no single @, a domain that is none): such an email never matches anybody.
 * Plus tags and dots are kept: only the mail server knows whether they mean something.
 */
export function foldEmail(email: string | null): string | null {
  if (email === null) return null
  const at = email.lastIndexOf('@')
  const local = email.slice(0, at)
  if (at < 1 || local.length > 64 || !/^[\x21-\x7e]+$/.test(local)) return null
  if (local.includes('@') && !(local.startsWith('"') && local.endsWith('"'))) return null
  const domain = domainToASCII(email.slice(at + 1))
  if (!/^[a-z0-9.-]+\.[a-z0-9-]+$/.test(domain) || domain.length > 253) return null
  return `${local.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}@${domain}`
}

/**
 * Folds text for sorting and searching: compatible forms become one, so do line breaks, tabs and rows of spaces; case and
 * invisible characters go.
 */
export function foldText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .replace(/\p{White_Space}+/gu, ' ')
    .replace(/[\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
    .trim()
}

/** In code points, of which a text has at most as many as it is long. */
const LONGEST_KEY = 200

/** The sort key of a name: a prefix that any b-tree takes. */
export function foldName(name: string): string {
  const folded = foldText(name)
  return folded.length <= LONGEST_KEY ? folded : [...folded].slice(0, LONGEST_KEY).join('')
}

/** What a search looks through: name, email and user principal name, one below the other. */
export function searchText(name: string, email: string | null, userPrincipalName: string | null): string {
  return [name, email, userPrincipalName]
    .filter((part): part is string => part !== null)
    .map(foldText)
    .join('\n')
}
