import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { formatCounted } from '../../format.ts'
import { kindOf } from '../../groups/groups.ts'
import { DirectoryText } from '../../ui/directory-text.tsx'
import type { ChosenGroup } from './draft.ts'

/** A group of the directory: its name, what it is, and what tells it from others of that name. */
export function GroupLines({ group, children }: { group: ChosenGroup; children?: ReactNode }) {
  return (
    <div style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
      <Text fw={500} component="div">
        <DirectoryText>{group.displayName}</DirectoryText>
      </Text>
      <Text size="xs" c="dimmed">
        {facts(group)}
      </Text>
      <Text size="xs" c="dimmed" truncate>
        <bdi>{mark(group)}</bdi>
      </Text>
      {children}
    </div>
  )
}

/** "Security, dynamic · 1,204 members · membership hidden", as far as it is known. */
function facts({ kind, dynamic = false, memberCount, hiddenMembership }: ChosenGroup): string {
  const known = [
    kind && kindOf({ kind, dynamic }),
    typeof memberCount === 'number' && formatCounted(memberCount, 'member'),
    hiddenMembership && 'membership hidden',
  ]
  return known.filter(Boolean).join(' · ')
}

/** What tells two groups of one name apart: mail, description, and the first part of the object id. */
function mark({ mail, description, id }: ChosenGroup): string {
  return [mail, description, `ID ${id.slice(0, 8)}`].filter(Boolean).join(' · ')
}
