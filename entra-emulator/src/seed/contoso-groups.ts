import type { Directory, DirectoryGroup } from '../directory.ts'
import { stableId } from './stable-id.ts'

interface SampleGroup extends Partial<DirectoryGroup> {
  /** Names the group here, where its displayName is not unique. */
  key?: string
  displayName: string
  /** Display names of people. */
  people?: string[]
  /** Keys or names of groups. */
  groups?: string[]
}

const DOMAIN = 'M365x214355.onmicrosoft.com'
const CREATED = '2019-09-20T10:15:30Z'

const SAMPLE_GROUPS: SampleGroup[] = [
  {
    displayName: 'Corporate Functions',
    description: 'Finance, Legal and IT',
    groups: ['Finance', 'Legal', 'IT'],
  },
  {
    displayName: 'All Business Units',
    description: 'Departments, through groups in groups',
    groups: ['Corporate Functions', 'Engineering', 'Operations'],
    people: ['Patti Fernandez'],
  },
  {
    displayName: 'Project Alpine',
    description: 'Holds its reviewers, who hold it in turn',
    groups: ['Project Alpine Reviewers'],
    people: ['Lee Gu', 'Lidia Holloway'],
  },
  {
    displayName: 'Project Alpine Reviewers',
    groups: ['Project Alpine'],
    people: ['Johanna Lorenz', 'Lidia Holloway'],
  },
  {
    displayName: 'Mark 8 Project Team',
    description: 'Mark 8 drone launch',
    ...microsoft365('Mark8ProjectTeam', 'Private'),
    people: ['Adele Vance', 'Alex Wilber', 'Lynne Robbins', 'Megan Bowen', 'Contoso Guest'],
  },
  {
    displayName: 'Sales and Marketing',
    description: 'Campaigns, launches and customers',
    ...microsoft365('SalesAndMarketing', 'Public'),
    people: [
      'Adele Vance',
      'Alex Wilber',
      'Ben Walters',
      'Christie Cline',
      'Former Employee',
      'Miriam Graham',
    ],
  },
  {
    displayName: 'Compensation Committee',
    description: 'Only members may see who its members are',
    ...microsoft365('CompensationCommittee', 'HiddenMembership'),
    people: ['Diego Siciliani', 'Grady Archie', 'Patti Fernandez'],
  },
  {
    key: 'Leadership, security',
    displayName: 'Leadership',
    description: 'Gives vice presidents access to planning files',
    people: ['Ben Walters', 'Christie Cline', 'Diego Siciliani', 'Miriam Graham', 'Patti Fernandez'],
  },
  {
    key: 'Leadership, team',
    displayName: 'Leadership',
    description: 'Mailbox and site of the leadership team',
    ...microsoft365('Leadership', 'Private'),
    people: ['Debra Berger', 'Nestor Wilke', 'Patti Fernandez'],
  },
  { displayName: 'Interns', description: 'Nobody at the moment' },
  {
    displayName: 'Conditional Access Pilot',
    description: 'People, a laptop and an app that try new sign-in rules first',
    people: ['Adele Vance', 'Allan Deyoung'],
  },
]

/** Adds the departments, the sample groups, and what is in them. */
export function addContosoGroups(directory: Directory): void {
  const people = [...directory.users()]
  const ids = new Map(people.map((person) => [person.displayName, person.id]))
  const departments = [...new Set(people.flatMap(({ department }) => department ?? []))].sort()

  for (const group of [...departments.map(departmentGroup), ...SAMPLE_GROUPS]) {
    const { key = group.displayName, people: _people, groups: _groups, ...properties } = group
    const id = stableId(`contoso group ${key}`)
    directory.addGroup({ ...properties, id, createdDateTime: CREATED })
    ids.set(key, id)
  }
  for (const person of people) {
    if (person.department) directory.addMember(ids.get(person.department)!, person.id)
  }
  for (const { displayName, key = displayName, groups = [], people: names = [] } of SAMPLE_GROUPS) {
    for (const name of [...groups, ...names]) directory.addMember(ids.get(key)!, ids.get(name)!)
  }
  addDynamicGroup(directory)
  addThings(directory, ids.get('Conditional Access Pilot')!)
}

function departmentGroup(department: string): SampleGroup {
  return { displayName: department, description: `Everyone in ${department}` }
}

function microsoft365(
  mailNickname: string,
  visibility: DirectoryGroup['visibility'],
): Partial<DirectoryGroup> {
  return {
    mailNickname,
    visibility,
    mail: `${mailNickname}@${DOMAIN}`,
    mailEnabled: true,
    securityEnabled: false,
    groupTypes: ['Unified'],
  }
}

/** Its members are computed once: the emulator does not evaluate membership rules. */
function addDynamicGroup(directory: Directory): void {
  const { id } = directory.addGroup({
    id: stableId('contoso group All Employees'),
    displayName: 'All Employees',
    description: 'Everyone with an employee id and an enabled account',
    groupTypes: ['DynamicMembership'],
    membershipRule: '(user.employeeId -ne null) and (user.accountEnabled -eq true)',
    createdDateTime: CREATED,
  })
  for (const user of directory.users()) {
    if (user.employeeId && user.accountEnabled) directory.addMember(id, user.id)
  }
}

function addThings(directory: Directory, groupId: string): void {
  const laptop = stableId('contoso device laptop')
  const app = stableId('contoso service principal payroll')
  directory.addOtherObject({ id: laptop, type: 'device', displayName: 'CONTOSO-LT-0042' })
  directory.addOtherObject({ id: app, type: 'servicePrincipal', displayName: 'Contoso Payroll' })
  directory.addMember(groupId, laptop)
  directory.addMember(groupId, app)
}
