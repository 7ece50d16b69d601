import type { DirectoryUser } from '../directory.ts'
import type { RowSource } from '../ordered-rows.ts'
import { scatteredIds } from './indexed-id.ts'
import { type Columns, lazyRows } from './lazy.ts'
import { mix, pick, share } from './mix.ts'
import { givenNames, surnames } from './names.ts'

const INITIAL_DOMAIN = 'M365x214355.onmicrosoft.com'
const DOMAIN = 'contoso.com'
const PARTNERS = ['fabrikam.com', 'tailspintoys.com', 'wingtiptoys.com', 'adventure-works.com']

const DEPARTMENTS = [
  'Engineering',
  'Finance',
  'HR',
  'IT',
  'Legal',
  'Marketing',
  'Operations',
  'Sales',
  'Support',
]
const LEVELS = ['Junior', 'Senior', 'Lead', 'Principal', 'Assistant']
const OFFICES = ['18/2111', '20/1104', '24/1106', '131/2105', '97/2302', '36/2121']
const PLACES = [
  ['US', 'en-US'],
  ['GB', 'en-GB'],
  ['DE', 'de-DE'],
  ['FR', 'fr-FR'],
  ['ES', 'es-ES'],
  ['JP', 'ja-JP'],
  ['BR', 'pt-BR'],
] as const

const GUESTS = 0.02
const DISABLED = 0.03
const WITHOUT_MAIL = 0.01
/** Accounts made before June 2018 may lack the time of their making. */
const WITHOUT_CREATED = 0.002
const FIRST_DAY = Date.UTC(2015, 0, 1)
const DAY_SECONDS = 86_400
/** The days that accounts were made on, as text, because making a million dates takes seconds. */
const DAYS = Array.from({ length: 4018 }, (_, day) =>
  new Date(FIRST_DAY + day * DAY_SECONDS * 1000).toISOString().slice(0, 10),
)
const TWO_DIGITS = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))

/** Users that follow from their index: `count` of them, in the order of their userPrincipalName. */
export function generatedUsers(count: number, seed: number): RowSource<DirectoryUser> {
  const ids = scatteredIds(count, seed)
  const names = namesInOrder(count, seed)
  const isGuest = (index: number) => share(seed, index, 1) < GUESTS
  const local = (index: number) => {
    const { given, surname, number } = names(index)
    return `${given.plain}.${surname.plain}${number}`
  }
  const partner = (index: number) => pick(PARTNERS, seed, index, 2)
  const mail = (index: number) => {
    if (isGuest(index)) return `${local(index)}@${partner(index)}`
    return share(seed, index, 3) < WITHOUT_MAIL ? null : `${local(index)}@${DOMAIN}`
  }
  const department = (index: number) => (isGuest(index) ? null : pick(DEPARTMENTS, seed, index, 4))
  const place = (index: number) => pick(PLACES, seed, index, 5)

  const columns: Columns<DirectoryUser> = {
    id: ids.at,
    userPrincipalName: (index) =>
      isGuest(index)
        ? `${local(index)}_${partner(index)}#EXT#@${INITIAL_DOMAIN}`
        : `${local(index)}@${DOMAIN}`,
    displayName: (index) => {
      const { given, surname } = names(index)
      return `${given.written} ${surname.written}`
    },
    givenName: (index) => names(index).given.written,
    surname: (index) => names(index).surname.written,
    mail,
    mailNickname: local,
    otherMails: (index) => (isGuest(index) ? [`${local(index)}@${partner(index)}`] : []),
    proxyAddresses: (index) => (mail(index) ? [`SMTP:${mail(index)}`] : []),
    jobTitle: (index) => {
      const of = department(index)
      return of && `${pick(LEVELS, seed, index, 6)} ${of} Specialist`
    },
    department,
    companyName: (index) => (isGuest(index) ? partner(index) : 'Contoso'),
    employeeId: (index) => (isGuest(index) ? null : `E${String(index + 1).padStart(7, '0')}`),
    officeLocation: (index) => (isGuest(index) ? null : pick(OFFICES, seed, index, 7)),
    mobilePhone: (index) =>
      share(seed, index, 8) < 0.5 ? `+1 425 555 0${100 + (mix(seed, index, 9) % 100)}` : null,
    businessPhones: () => [],
    preferredLanguage: (index) => place(index)[1],
    usageLocation: (index) => place(index)[0],
    accountEnabled: (index) => share(seed, index, 10) >= DISABLED,
    userType: (index) => (isGuest(index) ? 'Guest' : 'Member'),
    creationType: (index) => (isGuest(index) ? 'Invitation' : null),
    externalUserState: (index) =>
      isGuest(index) ? (share(seed, index, 11) < 0.8 ? 'Accepted' : 'PendingAcceptance') : null,
    createdDateTime: (index) => {
      if (share(seed, index, 12) < WITHOUT_CREATED) return null
      const second = mix(seed, index, 13) % DAY_SECONDS
      const [hours, minutes] = [Math.floor(second / 3600), Math.floor(second / 60) % 60]
      const time = `${TWO_DIGITS[hours]}:${TWO_DIGITS[minutes]}:${TWO_DIGITS[second % 60]}`
      return `${pick(DAYS, seed, index, 15)}T${time}Z`
    },
  }
  return { count, at: lazyRows(columns), indexOf: ids.indexOf }
}

/**
 * Spreads the indexes over all pairs of given name and surname, in order. With more people than pairs each pair
 * is shared and a number of fixed width follows the name, so that the order of addresses stays that of indexes.
 */
function namesInOrder(count: number, seed: number) {
  const pairs = givenNames.length * surnames.length
  const width = String(Math.ceil(count / pairs)).length
  const pairOf = (index: number) => {
    const first = Math.floor((index * pairs) / count)
    if (count > pairs) return first
    const room = Math.floor(((index + 1) * pairs) / count) - first
    return first + Math.floor(share(seed, index, 14) * room)
  }
  return (index: number) => {
    const pair = pairOf(index)
    const number = count > pairs ? index - Math.ceil((pair * count) / pairs) + 1 : 0
    return {
      given: givenNames[Math.floor(pair / surnames.length)]!,
      surname: surnames[pair % surnames.length]!,
      number: number ? String(number).padStart(width, '0') : '',
    }
  }
}
