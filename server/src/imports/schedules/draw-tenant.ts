import type { DirectoryUser } from 'entra-emulator/directory'
import type { Draw } from './draw.ts'

/** A directory user as the emulator is given it; what is missing it fills in. */
export type Person = Pick<DirectoryUser, 'id' | 'userPrincipalName' | 'displayName'> & Partial<DirectoryUser>

interface TenantGroup {
  id: string
  displayName: string
  hidden: boolean
  /** People and other groups; circles happen. */
  members: string[]
}

export interface DrawnTenant {
  people: Person[]
  groups: TenantGroup[]
}

const givenNames = [
  'Adele',
  'Alex',
  'Bianca',
  'Diego',
  'Grady',
  'Isaiah',
  'Lidia',
  'Megan',
  'Nestor',
  'Pradeep',
]
const surnames = [
  'Vance',
  'Wilber',
  'Pisani',
  'Siciliani',
  'Archie',
  'Langer',
  'Holloway',
  'Bowen',
  'Wilke',
  'Gupta',
]
const titles = ['Engineer', 'Retail manager', 'Auditor', null, null]

/** A small tenant with everything that rules look at: guests, disabled accounts, shared, foreign, odd and missing emails. */
export function drawTenant(draw: Draw): DrawnTenant {
  const people: Person[] = []
  const size = draw.int(20, 120)
  for (let number = 0; number < size; number++) people.push(drawPerson(draw, number, people))
  return { people, groups: drawGroups(draw, people) }
}

function drawPerson(draw: Draw, number: number, others: Person[]): Person {
  const [givenName, surname] = [draw.pick(givenNames), draw.pick(surnames)]
  const local = `${givenName}.${surname}.${number}`.toLowerCase()
  const invited = draw.chance(0.12)
  const mail = drawMail(draw, local, others)
  return {
    id: draw.uuid(),
    userPrincipalName: invited
      ? `${local}_fabrikam.com#EXT#@M365x214355.onmicrosoft.com`
      : `${local}@${draw.pick(['contoso.com', 'M365x214355.onmicrosoft.com'])}`,
    displayName: `${givenName} ${surname}`,
    givenName: draw.chance(0.9) ? givenName : null,
    surname,
    mail,
    jobTitle: draw.pick(titles),
    department: draw.pick(['Sales', 'Finance', null]),
    employeeId: draw.chance(0.5) ? String(1000 + number) : null,
    mobilePhone: draw.chance(0.2) ? '+49 30 901820' : null,
    preferredLanguage: draw.pick(['en-US', 'de', null]),
    accountEnabled: draw.chance(0.05) ? null : draw.chance(0.88),
    userType: draw.chance(0.05) ? null : invited ? 'Guest' : 'Member',
  }
}

function drawMail(draw: Draw, local: string, others: Person[]): string | null {
  const kind = draw.int(1, 100)
  if (kind <= 8) return null
  if (kind <= 16 && others.length > 0) return draw.pick(others).mail?.toUpperCase() ?? null
  if (kind <= 22) return `${local}@fabrikam.com`
  // Two such mailboxes could fold to one text, so that nobody is matched by it.
  if (kind <= 25) return `jörg.${local}@contoso.com`
  return `${local}@contoso.com`
}

function drawGroups(draw: Draw, people: Person[]): TenantGroup[] {
  const ids = Array.from({ length: draw.int(0, 8) }, () => draw.uuid())
  return ids.map((id, at) => ({
    id,
    displayName: `Group ${at}`,
    hidden: draw.chance(0.12),
    members: [
      ...(draw.chance(0.1) ? [] : draw.some(people, draw.pick([0.02, 0.2, 0.6]))).map((person) => person.id),
      ...draw.some(ids, 0.12).filter((other) => other !== id),
    ],
  }))
}
