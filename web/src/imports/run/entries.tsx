import type {
  Action,
  Change,
  ConflictKind,
  Entry,
  ImportRun,
  Outcome,
  SkipReason,
} from '@keyroster/api/imports.ts'
import { Box, Group, NativeSelect, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import { formatCount } from '../../format.ts'
import { useMay } from '../../session/may.ts'
import { DirectoryText } from '../../ui/directory-text.tsx'
import { ListFilter, ListSearch } from '../../ui/list-filters.tsx'
import { type ListParams, useListParams } from '../../ui/list-params.ts'
import { type Column, ListTable } from '../../ui/list-table.tsx'
import { ProblemAlert } from '../../ui/problem.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { entriesQuery, useDecide } from '../imports.ts'
import { actionWords, conflictWords, decisionWords, outcomeWords, skipWords } from '../plan-words.ts'
import { changedWords, EntryDetail } from './entry-detail.tsx'

const filterNames = ['search', 'action', 'reason', 'conflict', 'outcome'] as const
type Filter = (typeof filterNames)[number]

const shownFields = 3

/** Where the table of a run's people stands, so that counts elsewhere on the page lead into it. */
export const entriesWith = (filter: Partial<Record<Filter, string>>): string =>
  `?${new URLSearchParams(filter)}#people`

/** Everybody of a run, with what is planned for them or what came of it. */
export function Entries({ run, download }: { run: ImportRun; download: ReactNode }) {
  const list = useListParams(filterNames)
  const entries = useQuery(entriesQuery(run, { ...list.filters, cursor: list.cursor }))
  const decide = useDecide(run.id)
  const heading = useFocusOnArrival()
  const done = run.state !== 'ready'
  return (
    <Box component="section" aria-labelledby="people">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="people" ref={heading} tabIndex={-1}>
          People
        </Title>
        {download}
      </Group>
      <ProblemAlert error={decide.error} title="The decision was not kept" />
      <ListTable
        label="People of this import"
        noun="user"
        query={entries}
        columns={columns(run, (entry, decision) =>
          decide.mutate({ about: { objectIds: [entry.objectId] }, decision }),
        )}
        rowKey={(entry) => entry.objectId}
        list={list}
        toolbar={<Toolbar run={run} list={list} done={done} />}
        filterWords={filterWords(list)}
        detail={(entry) => <EntryDetail entry={entry} />}
        firstUse={<Text>Nobody was read from the directory.</Text>}
      />
    </Box>
  )
}

/** A count that leads into the table moves the focus there; typing in the table's own search does not. */
function useFocusOnArrival() {
  const heading = useRef<HTMLHeadingElement>(null)
  const { hash, state, key } = useLocation()
  const arrived = hash === '#people' && state === null ? key : null
  useEffect(() => {
    if (arrived === null) return
    heading.current?.focus({ preventScroll: true })
    heading.current?.scrollIntoView({ block: 'start' })
  }, [arrived])
  return heading
}

type ToolbarProps = { run: ImportRun; list: ListParams<Filter>; done: boolean }

function Toolbar({ run, list, done }: ToolbarProps) {
  return (
    <>
      <ListSearch list={list} label="Search people" placeholder="Name, email or user principal name" />
      {done ? (
        <ListFilter
          list={list}
          name="outcome"
          label="Outcome"
          any="Any outcome"
          options={counted(run.outcomes, outcomeWords)}
        />
      ) : (
        <ListFilter
          list={list}
          name="action"
          label="Planned"
          any="Any change"
          options={counted(run.plan, actionWords)}
        />
      )}
      {run.plan.skip > 0 && (
        <ListFilter
          list={list}
          name="reason"
          label="Why skipped"
          any="Any reason"
          options={counted(run.skips, skipWords)}
        />
      )}
      {total(run.conflicts) > 0 && (
        <ListFilter
          list={list}
          name="conflict"
          label="Conflict"
          any="Conflict or not"
          options={counted(run.conflicts, mapLabels(conflictWords))}
        />
      )}
    </>
  )
}

const total = (counts: Record<string, number>) => Object.values(counts).reduce((sum, count) => sum + count, 0)

const mapLabels = (words: typeof conflictWords): Record<ConflictKind, string> =>
  Object.fromEntries(Object.entries(words).map(([kind, { label }]) => [kind, label])) as Record<
    ConflictKind,
    string
  >

/** The kinds that occur, as choices with their counts. */
function counted<K extends string>(counts: Record<K, number>, words: Record<K, string>) {
  return (Object.keys(words) as K[])
    .filter((kind) => counts[kind] > 0)
    .map((kind) => ({ value: kind, label: `${words[kind]} (${formatCount(counts[kind])})` }))
}

function filterWords({ filters }: ListParams<Filter>): string[] {
  const { search, action, outcome, reason, conflict } = filters
  const words = [
    search ? `“${search}”` : null,
    action ? (actionWords[action as Action] ?? action) : null,
    outcome ? (outcomeWords[outcome as Outcome] ?? outcome) : null,
    reason ? (skipWords[reason as SkipReason] ?? reason) : null,
    conflict ? (conflictWords[conflict as ConflictKind]?.label ?? conflict) : null,
  ]
  return words.filter((word) => word !== null)
}

/** The first fields that change, and how many more. */
function changedFields(changes: Change[]): string {
  const fields = changes.map(({ attribute }) => changedWords(attribute))
  const more = fields.length - shownFields
  return more > 1
    ? `${fields.slice(0, shownFields).join(', ')} and ${formatCount(more)} more`
    : fields.join(', ')
}

type OnDecide = (entry: Entry, decision: Entry['decision']) => void

const columns = (run: ImportRun, onDecide: OnDecide): Column<Entry>[] => [
  {
    id: 'person',
    header: 'Person',
    cell: (entry) => (
      <>
        <DirectoryText clip>{entry.displayName}</DirectoryText>
        <Text size="xs" c="dimmed" component="div">
          {entry.email ? <DirectoryText clip>{entry.email}</DirectoryText> : 'No email'}
        </Text>
      </>
    ),
  },
  {
    id: 'planned',
    header: run.state === 'ready' ? 'Planned' : 'Outcome',
    cell: (entry) =>
      run.state === 'ready' ? <Planned entry={entry} onDecide={onDecide} /> : <CameOf entry={entry} />,
  },
  {
    id: 'changes',
    header: run.state === 'ready' ? 'Fields that change' : 'Changes',
    from: 'sm',
    cell: ({ changes }) => changedFields(changes),
  },
]

function Planned({ entry, onDecide }: { entry: Entry; onDecide: OnDecide }) {
  const { action, conflict } = entry
  const may = useMay('imports.run')
  if (action === null) return null
  return (
    <>
      {action === 'conflict' ? <StatusBadge tone="attention">Conflict</StatusBadge> : actionWords[action]}
      <Text size="xs" c="dimmed">
        {conflict ? conflictWords[conflict].label : entry.reason && skipWords[entry.reason]}
      </Text>
      {entry.choices.length > 0 && (
        <NativeSelect
          mt={4}
          size="xs"
          aria-label={`Decision about ${entry.displayName}`}
          value={entry.decision ?? ''}
          disabled={!may}
          onChange={(event) => onDecide(entry, (event.currentTarget.value || null) as Entry['decision'])}
          data={[
            { value: '', label: 'Not decided' },
            ...entry.choices.map((value) => ({ value, label: decisionWords[value] })),
          ]}
        />
      )}
    </>
  )
}

function CameOf({ entry }: { entry: Entry }) {
  const why = entry.problem?.detail ?? (entry.action === 'conflict' ? 'Conflict not decided' : null)
  return (
    <>
      {entry.outcome === 'failed' ? (
        <StatusBadge tone="bad">Failed</StatusBadge>
      ) : (
        (entry.outcome && outcomeWords[entry.outcome]) || 'Left as they were'
      )}
      <Text size="xs" c="dimmed">
        {why ?? (entry.reason && skipWords[entry.reason])}
      </Text>
      {entry.outcome === 'failed' && entry.problem && <Text size="xs">{entry.problem.remedy}</Text>}
    </>
  )
}
