import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupQuery, groupsQuery } from './groups.ts'

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
      comboboxProps={{ withinPortal: false }}
      clearable
      clearButtonProps={{ 'aria-label': 'Clear the group' }}
      data={offered.map(({ id, displayName }) => ({ value: id, label: displayName }))}
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
