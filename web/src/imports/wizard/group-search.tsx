import type { DirectoryGroup } from '@keyroster/api/connections.ts'
import { Button, Combobox, Group, Loader, Stack, Text, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsQuery } from '../../connections/connections.ts'
import { formatCount, formatCounted } from '../../format.ts'
import type { ChosenGroup } from './draft.ts'
import { GroupLines } from './group-lines.tsx'

type Props = {
  id: string
  connectionId: string
  chosen: ChosenGroup[]
  onChange: (chosen: ChosenGroup[]) => void
  error: string | undefined
}

/** A drop-down of the tenant's groups that asks the server while one types; choosing one again takes it back. */
export function GroupSearch({ id, connectionId, chosen, onChange, error }: Props) {
  const [search, setSearch] = useState('')
  const [asked] = useDebouncedValue(search.trim(), 250)
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption()
      setSearch('')
    },
  })
  const groups = useQuery({ ...groupsQuery(connectionId, asked), enabled: combobox.dropdownOpened })
  const items = groups.data?.items ?? []
  const busy = groups.isFetching || asked !== search.trim()

  const toggle = (groupId: string) => {
    const found = items.find((group) => group.id === groupId)
    if (chosen.some((group) => group.id === groupId)) onChange(chosen.filter((group) => group.id !== groupId))
    else if (found) onChange([...chosen, found])
  }

  return (
    <Combobox store={combobox} onOptionSubmit={toggle} withinPortal={false}>
      <Combobox.Target withExpandedAttribute>
        <TextInput
          id={id}
          role="combobox"
          aria-autocomplete="list"
          label="Groups"
          description="Type the beginning of a word in the name. Members of nested groups are included."
          placeholder="Search groups"
          value={search}
          error={error}
          rightSection={busy && combobox.dropdownOpened ? <Loader size={16} aria-hidden /> : null}
          onChange={(event) => {
            setSearch(event.currentTarget.value)
            combobox.openDropdown()
            combobox.resetSelectedOption()
          }}
          onKeyDown={(event) => {
            // Enter chooses a group; with none marked it must not send the whole step.
            if (event.key === 'Enter') event.preventDefault()
          }}
          onFocus={() => combobox.openDropdown()}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options mah={320} style={{ overflowY: 'auto' }} aria-label="Groups that match">
          {items.map((group) => (
            <GroupOption key={group.id} group={group} chosen={chosen.some(({ id }) => id === group.id)} />
          ))}
          {items.length === 0 && !groups.isError && (
            <Combobox.Empty>{busy ? 'Searching…' : nothing(asked)}</Combobox.Empty>
          )}
        </Combobox.Options>
        {groups.isError && (
          <Stack gap="xs" p="xs" role="alert">
            <Text>{groups.error.message}</Text>
            <Button
              size="xs"
              variant="default"
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => groups.refetch()}
            >
              Search again
            </Button>
          </Stack>
        )}
        <Combobox.Footer>
          <Text size="xs" c="dimmed" role="status">
            {busy
              ? 'Searching…'
              : foundWords(items.length, groups.data?.total ?? null, groups.data?.more ?? false)}
          </Text>
        </Combobox.Footer>
      </Combobox.Dropdown>
    </Combobox>
  )
}

function GroupOption({ group, chosen }: { group: DirectoryGroup; chosen: boolean }) {
  return (
    <Combobox.Option value={group.id} active={chosen}>
      <Group gap="xs" wrap="nowrap" align="flex-start">
        <IconCheck
          size={16}
          aria-hidden
          style={{ flexShrink: 0, marginTop: 2, visibility: chosen ? 'visible' : 'hidden' }}
        />
        <GroupLines group={group} />
      </Group>
    </Combobox.Option>
  )
}

const nothing = (search: string) =>
  search === '' ? 'This tenant has no groups.' : `No group matches “${search}”.`

function foundWords(shown: number, total: number | null, more: boolean): string {
  if (!more) return formatCounted(shown, 'group')
  const of = total === null ? '' : ` of ${formatCount(total)}`
  return `The first ${formatCount(shown)}${of} groups. Type more of the name to narrow.`
}
