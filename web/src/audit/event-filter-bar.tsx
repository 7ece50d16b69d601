import { Group, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatDay } from '../format.ts'
import { adminsQuery } from '../people/people.ts'
import { ListFilter, ListSearch } from '../ui/list-filters.tsx'
import type { ListParams } from '../ui/list-params.ts'
import { actionChoices, type EventFilters } from './audit.ts'

export const filterNames = ['search', 'actor', 'action', 'outcome', 'from', 'to'] as const
type Filter = (typeof filterNames)[number]

/** Whoever does things without being a person who signs in; the log knows them by name. */
const others = ['Console', 'Keyroster', 'Somebody']
const outcomes = [
  { value: 'done', label: 'Done' },
  { value: 'refused', label: 'Refused' },
]

/** Search, who, what, how it came out, and between which days. */
export function EventFilterBar({ list }: { list: ListParams<Filter> }) {
  const actors = useActors()
  return (
    <>
      <ListSearch list={list} label="Search events" placeholder="Name, address or request" />
      <ListFilter list={list} name="actor" label="Who" any="Anybody" options={actors} />
      <ListFilter list={list} name="action" label="What" any="Anything" options={actionChoices} />
      <ListFilter list={list} name="outcome" label="Outcome" any="Any outcome" options={outcomes} />
      <Group gap="xs" flex={{ base: '1 1 100%', sm: '0 1 26rem' }}>
        <DayFilter list={list} name="from" label="From" />
        <DayFilter list={list} name="to" label="To" />
      </Group>
    </>
  )
}

function useActors() {
  const admins = useQuery(adminsQuery)
  return [
    ...(admins.data?.items ?? []).map(({ id, name }) => ({ value: id, label: name })),
    ...others.map((name) => ({ value: name, label: name })),
  ]
}

function DayFilter({ list, name, label }: { list: ListParams<Filter>; name: Filter; label: string }) {
  return (
    <TextInput
      type="date"
      aria-label={`${label} day`}
      leftSection={<Text size="xs">{label}</Text>}
      leftSectionWidth="3rem"
      leftSectionPointerEvents="none"
      value={list.filters[name] ?? ''}
      onChange={(event) => list.setFilter(name, event.currentTarget.value || undefined, { replace: true })}
      flex="1 1 10rem"
    />
  )
}

/** The filters in words, for the state in which nothing matches. */
export function useFilterWords({ search, actor, action, outcome, from, to }: EventFilters): string[] {
  const actors = useActors()
  const actions = actionChoices.flatMap(({ items }) => items)
  return [
    search ? `“${search}” in them` : [],
    actor ? `who: ${labelOf(actors, actor)}` : [],
    action ? `what: ${labelOf(actions, action)}` : [],
    outcome ? `the outcome ${labelOf(outcomes, outcome).toLowerCase()}` : [],
    from && isDay(from) ? `a day from ${formatDay(from)} on` : [],
    to && isDay(to) ? `a day up to ${formatDay(to)}` : [],
  ].flat()
}

const isDay = (text: string) => !Number.isNaN(Date.parse(`${text}T00:00`))

const labelOf = (choices: { value: string; label: string }[], value: string) =>
  choices.find((choice) => choice.value === value)?.label ?? value
