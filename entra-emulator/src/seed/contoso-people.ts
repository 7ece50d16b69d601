import type { DirectoryUser } from '../directory.ts'
import recorded from './data/contoso-users.json' with { type: 'json' }
import { stableId } from './stable-id.ts'

const DOMAIN = 'M365x214355.onmicrosoft.com'

/** Words of a job title, most telling first, and the department that they mean. */
const DEPARTMENTS: [title: RegExp, department: string][] = [
  [/president$|administrative/i, 'Executive Management'],
  [/sales/i, 'Sales'],
  [/marketing/i, 'Marketing'],
  [/finance|budget|account|audit/i, 'Finance'],
  [/legal|attorney|paralegal/i, 'Legal'],
  [/security/i, 'IT'],
  [/engineering|product/i, 'Engineering'],
  [/research/i, 'Research & Development'],
  [/operations|director/i, 'Operations'],
]

/** Accounts that Microsoft's sample lacks and real directories have; their names say what is odd about them. */
const ODD_ONES: Partial<DirectoryUser>[] = [
  {
    displayName: 'Contoso Guest',
    userPrincipalName: `guest_fabrikam.com#EXT#@${DOMAIN}`,
    mail: 'guest@fabrikam.com',
    otherMails: ['guest@fabrikam.com'],
    companyName: 'Fabrikam',
    userType: 'Guest',
    creationType: 'Invitation',
    externalUserState: 'Accepted',
  },
  {
    displayName: 'Former Employee',
    givenName: 'Former',
    surname: 'Employee',
    userPrincipalName: `FormerE@${DOMAIN}`,
    mail: `FormerE@${DOMAIN}`,
    jobTitle: 'Sales Associate',
    department: 'Sales',
    companyName: 'Contoso',
    employeeId: 'C1090',
    usageLocation: 'US',
    accountEnabled: false,
  },
  {
    displayName: 'Kiosk Operator',
    givenName: 'Kiosk',
    surname: 'Operator',
    userPrincipalName: 'kiosk@contoso.com',
    mail: null,
    jobTitle: 'Frontline Worker',
    department: 'Operations',
    companyName: 'Contoso',
    employeeId: 'C1091',
    usageLocation: 'US',
  },
  ...['Day', 'Evening'].map((shift, index) => ({
    displayName: `Shared Reception (${shift})`,
    userPrincipalName: `Reception${shift}@${DOMAIN}`,
    mail: 'reception@contoso.com',
    jobTitle: 'Receptionist',
    department: 'Operations',
    companyName: 'Contoso',
    employeeId: `C${1092 + index}`,
    usageLocation: 'US',
  })),
]

/** The people of Microsoft's recorded sample, filled out, and the odd ones. */
export function contosoPeople(): Partial<DirectoryUser>[] {
  return [
    ...recorded.value.map(fillOut),
    ...ODD_ONES.map((person, index) => ({
      ...person,
      id: stableId(`contoso user ${person.displayName}`),
      createdDateTime: `2023-03-0${index + 1}T08:30:00Z`,
    })),
  ]
}

function fillOut(person: (typeof recorded.value)[number], index: number): Partial<DirectoryUser> {
  // Conference rooms and the shared mailbox of the sample have no given name; nobody can sign in to them.
  const isMailbox = person.givenName === null
  // Brian Johnson comes from a partner and is older than the property: accounts made before June 2018 may lack it.
  const isPartner = person.displayName.endsWith('(TAILSPIN)')
  const isStaff = !isMailbox && !isPartner && person.givenName !== 'MOD'
  return {
    ...person,
    department: DEPARTMENTS.find(([title]) => title.test(person.jobTitle ?? ''))?.[1] ?? null,
    companyName: isPartner ? 'Tailspin Toys' : isMailbox ? null : 'Contoso',
    employeeId: isStaff ? `C${1001 + index}` : null,
    usageLocation: isMailbox ? null : 'US',
    accountEnabled: !isMailbox,
    proxyAddresses: [`SMTP:${person.mail}`, `smtp:${person.mail.split('@')[0]!.toLowerCase()}@contoso.com`],
    createdDateTime: isPartner ? null : `2019-09-18T09:06:${String(index + 10).padStart(2, '0')}Z`,
  }
}
