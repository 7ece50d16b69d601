import type { Group } from '@keyroster/api/groups.ts'
import { Select, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatCounted } from '../format.ts'
import { DirectoryText } from '../ui/directory-text.tsx'
import { groupQuery, groupsQuery, kindOf } from './groups.ts'

type GroupFilterProps = { value: string | undefined; onChange: (group: string | undefined) => void }

/** Chooses one imported group by searching the server, so that it works with any number of them. */
export function GroupFilter({ value, onChange }: GroupFilterProps) {
  const [typed, setTyped] = useState('')
  const [search] = useDebouncedValue(typed, 300)
  const chosen = useQuery({ ...groupQuery(value ?? ''), enabled: value !== undefined })
  const isChosen = search === chosen.data?.displayName
  const found = useQuery(groupsQuery({ search: isChosen ? undefined : search || undefined }))
  const groups = found.data?.items ?? []
  if (value === undefined && typed === '' && groups.length === 0) return null
  const offered = chosen.data && !groups.some(({ id }) => id === value) ? [chosen.data, ...groups] : groups
  return (
    <Select
      aria-label="Group"
      placeholder="Any group"
      searchable
      comboboxProps={{ withinPortal: false, width: 'max-content', position: 'bottom-start' }}
      // The listbox itself scrolls, because the arrow keys of the combobox reach it and nothing else inside.
      withScrollArea={false}
      styles={{ options: { maxHeight: '18rem', maxWidth: 'calc(100vw - 3rem)', overflowY: 'auto' } }}
      clearable
      clearButtonProps={{ 'aria-label': 'Clear the group' }}
      data={offered.map(({ id, displayName }) => ({ value: id, label: displayName }))}
      renderOption={({ option }) => <GroupOption group={offered.find(({ id }) => id === option.value)} />}
      // The server has searched already, in more than the label.
      filter={({ options }) => options}
      nothingFoundMessage={
        found.isPending ? 'Searching' : found.isError ? 'Groups could not be loaded' : 'No group found'
      }
      value={value ?? null}
      onChange={(group) => onChange(group ?? undefined)}
      onSearchChange={setTyped}
      flex={{ base: '1 1 8rem', sm: '0 1 12rem' }}
    />
  )
}

/** Groups may share a name; their kind, mail and size tell them apart. */
function GroupOption({ group }: { group: Group | undefined }) {
  if (!group) return null
  return (
    <div>
      <DirectoryText>{group.displayName}</DirectoryText>
      <Text size="xs" c="dimmed">
        {kindOf(group)}, {formatCounted(group.memberCount, 'user')}
        {group.mail && (
          <>
            , <bdi>{group.mail}</bdi>
          </>
        )}
      </Text>
    </div>
  )
}
