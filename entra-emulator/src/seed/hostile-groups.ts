import type { Directory, DirectoryGroup } from '../directory.ts'
import { hostileId } from './hostile-people.ts'
import { stableId } from './stable-id.ts'

interface HostileGroup extends Partial<DirectoryGroup> {
  /** Cases of people in it. */
  people?: string[]
  /** Cases of groups in it. */
  groups?: string[]
}

/** The object id of a case's group. */
export function hostileGroupId(key: string): string {
  return hostileId(`group ${key}`)
}

const GROUPS: Record<string, HostileGroup> = {
  '1': {
    displayName: 'Row 1 <script>window.hostile = "ran"</script>',
    description: '"><img src=x onerror="window.hostile = \'ran\'">',
    people: ['1', '17-override', '21'],
  },
  '5': { displayName: '=1+1 row 5', people: ['5'] },
  '13': { displayName: 'Row 13 nul \u0000 here', description: '\u0000', people: ['13-texts'] },
  '14': { displayName: 'Row 14 half \ud83d', people: ['14-high'] },
  '15': { displayName: `Row 15 ${'x'.repeat(1016)}😀`, people: ['15-cut'] },
  '17': { displayName: 'Row 17 right-to-left \u202egpj.exe', people: ['17-override'] },
  '18': { displayName: '\u200b\u3164', people: ['18-only'] },
  '19': { displayName: 'Row 19 pаypal', people: ['19-local'] },
  '35': { displayName: `Row 35 ${'😀'.repeat(5000)}`, people: ['35-empty'] },
  '44-empty': { displayName: 'Row 44 empty' },
  '44-self': { displayName: 'Row 44 in itself', people: ['44-member'], groups: ['44-self'] },
  '44-outer': { displayName: 'Row 44 outer', groups: ['44-inner'] },
  '44-inner': { displayName: 'Row 44 inner', people: ['44-member'], groups: ['44-outer'] },
  '44-things': { displayName: 'Row 44 things', people: ['44-member'] },
  '45-one': { displayName: 'Row 45 of one name', people: ['5'] },
  '45-other': { displayName: 'Row 45 of one name', people: ['6'] },
  '46-a': { displayName: 'Row 46 a', people: ['46'] },
  '46-b': { displayName: 'Row 46 b', people: ['46'] },
  '46-c': { displayName: 'Row 46 c', people: ['46'] },
}

/** Adds the groups of the cases, what is in them, and a device and an app in one. */
export function addHostileGroups(directory: Directory): void {
  for (const [key, { people: _people, groups: _groups, ...properties }] of Object.entries(GROUPS))
    directory.addGroup({ ...properties, id: hostileGroupId(key), createdDateTime: '2020-02-03T07:00:00Z' })
  for (const [key, { people = [], groups = [] }] of Object.entries(GROUPS)) {
    for (const id of [...people.map(hostileId), ...groups.map(hostileGroupId)])
      directory.addMember(hostileGroupId(key), id)
  }
  for (const type of ['device', 'servicePrincipal'] as const) {
    const id = stableId(`hostile ${type}`)
    directory.addOtherObject({ id, type, displayName: `Row 44 ${type}` })
    directory.addMember(hostileGroupId('44-things'), id)
  }
}
