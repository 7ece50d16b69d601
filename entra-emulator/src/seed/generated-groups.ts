import type { DirectoryGroup } from '../directory.ts'
import { type MemberSource, noMembers } from '../memberships.ts'
import type { RowSource } from '../ordered-rows.ts'
import { ascendingIds } from './indexed-id.ts'
import { type Columns, lazyRows } from './lazy.ts'
import { pick, share } from './mix.ts'

const TOPICS = [
  'Access',
  'Announcements',
  'Devices',
  'Events',
  'Leads',
  'Projects',
  'Reports',
  'Team',
  'Training',
]
const AREAS = ['Engineering', 'Finance', 'HR', 'IT', 'Legal', 'Marketing', 'Operations', 'Sales', 'Support']
const PLACES = [
  'Amsterdam',
  'Berlin',
  'Chicago',
  'Dublin',
  'Lisbon',
  'Nairobi',
  'Seattle',
  'Singapore',
  'Tokyo',
]
const UNIFIED = 0.3
const DYNAMIC = 0.1
const EMPTY = 0.02

/** Primes beyond any number of users: stepping by one visits every user before any comes again. */
const STRIDES = [1_299_709, 15_485_863, 32_452_843]

/** Groups that follow from their index, in the order of their ids. */
export function generatedGroups(count: number, seed: number): RowSource<DirectoryGroup> {
  const ids = ascendingIds(count, seed)
  const kind = (index: number) => share(seed, index, 20)
  const isUnified = (index: number) => kind(index) < UNIFIED
  const isDynamic = (index: number) => kind(index) >= 1 - DYNAMIC
  const area = (index: number) => pick(AREAS, seed, index, 21)
  const displayName = (index: number) =>
    `${area(index)} ${pick(TOPICS, seed, index, 22)} ${pick(PLACES, seed, index, 23)} ${index + 1}`
  const mailNickname = (index: number) => displayName(index).replaceAll(' ', '')

  const columns: Columns<DirectoryGroup> = {
    id: ids.at,
    displayName,
    description: (index) => (share(seed, index, 24) < 0.3 ? null : `For ${displayName(index)}`),
    mail: (index) => (isUnified(index) ? `${mailNickname(index)}@contoso.com` : null),
    mailEnabled: isUnified,
    mailNickname,
    securityEnabled: (index) => !isUnified(index),
    groupTypes: (index) => (isUnified(index) ? ['Unified'] : isDynamic(index) ? ['DynamicMembership'] : []),
    membershipRule: (index) => (isDynamic(index) ? `(user.department -eq "${area(index)}")` : null),
    membershipRuleProcessingState: (index) => (isDynamic(index) ? 'On' : null),
    isAssignableToRole: () => null,
    visibility: (index) => (isUnified(index) ? 'Private' : null),
    createdDateTime: (index) => `20${15 + (index % 11)}-0${1 + (index % 9)}-1${index % 10}T08:00:00Z`,
  }
  return { count, at: lazyRows(columns), indexOf: ids.indexOf }
}

/**
 * Who is in which group, by formula: about `average` users each, few groups empty, one in ten with groups in it.
 * A group only holds groups that come after it, so there are no cycles.
 */
export function generatedMembers(
  users: RowSource<{ readonly id: string }>,
  groups: RowSource<{ readonly id: string }>,
  average: number,
  seed: number,
): MemberSource {
  const nested = (group: number) => (group % 10 === 0 ? Math.min(2, groups.count - 1 - group) : 0)
  const people = (group: number) => {
    const size = share(seed, group, 30) < EMPTY ? 0 : Math.round(average * 2 * share(seed, group, 31))
    return Math.min(users.count, size)
  }
  return (groupId) => {
    const group = groups.indexOf(groupId)
    if (group === undefined) return noMembers
    const inner = nested(group)
    const start = Math.floor(share(seed, group, 32) * users.count)
    const stride = pick(STRIDES, seed, group, 33)
    return {
      count: inner + people(group),
      at: (ordinal) =>
        ordinal < inner
          ? { id: groups.at(group + 1 + ordinal).id, type: 'group' }
          : { id: users.at((start + (ordinal - inner) * stride) % users.count).id, type: 'user' },
    }
  }
}
