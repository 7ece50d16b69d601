import type { AuditEvent } from '@keyroster/api/audit.ts'
import { EmptyState, Group, Switch, Text } from '@mantine/core'
import { useIdle } from '@mantine/hooks'
import { IconDownload, IconListSearch } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useDownload } from '../session/download.ts'
import { useWhyNot } from '../session/may.ts'
import { idleAfter } from '../session/session.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { DirectoryText } from '../ui/directory-text.tsx'
import { useListParams } from '../ui/list-params.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { deedWords, eventsQuery, exportUrl, useTail, withTail } from './audit.ts'
import { EventDetail } from './event-detail.tsx'
import { EventFilterBar, filterNames, useFilterWords } from './event-filter-bar.tsx'
import { Proof } from './proof.tsx'

/** Who did what to whom, when, from where: searched, followed live, downloaded. */
export function AuditPage() {
  const list = useListParams(filterNames)
  const events = useQuery(eventsQuery(list.filters, list.cursor))
  const live = useLive(list.filters, list.cursor === undefined)
  const download = useDownload()
  const data = events.data && { ...events.data, items: withTail(live.events, events.data.items) }
  return (
    <Page
      title="Audit"
      description="Who did what to whom, when and from where, refused attempts too. Nothing here can be changed."
      action={
        <DeedButton
          variant="default"
          unavailable={useWhyNot('audit.export')}
          loading={download.isPending}
          leftSection={<IconDownload size={16} aria-hidden />}
          onClick={() => download.mutate(exportUrl(list.filters))}
        >
          {list.filtered ? 'Download these as JSON lines' : 'Download as JSON lines'}
        </DeedButton>
      }
    >
      <ProblemAlert error={download.error} title="The log was not downloaded" />
      <Group gap="md" mih="1.5rem">
        <Switch
          label="Live"
          checked={live.wanted}
          onChange={(event) => live.want(event.currentTarget.checked)}
        />
        <Text c="dimmed" role="status">
          {live.words}
        </Text>
      </Group>
      <ListTable
        label="Audit events"
        noun="event"
        query={{ ...events, data }}
        columns={columns}
        rowKey={({ id }) => id}
        list={list}
        toolbar={<EventFilterBar list={list} />}
        filterWords={useFilterWords(list.filters)}
        detail={(event) => <EventDetail event={event} />}
        firstUse={
          <EmptyState py="xl" icon={<IconListSearch aria-hidden />}>
            <EmptyState.Title order={2}>Nothing has happened yet</EmptyState.Title>
            <EmptyState.Description>Every change and every sign-in is listed here.</EmptyState.Description>
          </EmptyState>
        }
      />
      <Proof />
    </Page>
  )
}

/** The live view: on the first page only, and not before an empty chair, which it would keep signed in. */
function useLive(
  filters: ReturnType<typeof useListParams<(typeof filterNames)[number]>>['filters'],
  first: boolean,
) {
  const [wanted, want] = useState(false)
  const [stopped, setStopped] = useState(false)
  const idle = useIdle(idleAfter)
  const stop = useCallback(() => {
    want(false)
    setStopped(true)
  }, [])
  const events = useTail(wanted && first && !idle, filters, stop)
  const words = stopped
    ? 'It stopped. Switch it on again.'
    : !wanted
      ? 'New events appear when you load the page again.'
      : first
        ? 'New events appear as they happen.'
        : 'New events appear on the first page.'
  return {
    events,
    words,
    wanted,
    want: (on: boolean) => {
      setStopped(false)
      want(on)
    },
  }
}

const columns: Column<AuditEvent>[] = [
  { id: 'when', header: 'When', width: '8rem', cell: ({ at }) => <RelativeTime at={at} /> },
  {
    id: 'what',
    header: 'What',
    cell: ({ actor, action, target, outcome }) => (
      <Text component="div" style={{ overflowWrap: 'anywhere' }}>
        <Text span fw={500}>
          <DirectoryText>{actor.name}</DirectoryText>
        </Text>{' '}
        {deedWords(action)}
        {target?.name && (
          <>
            : <DirectoryText>{target.name}</DirectoryText>
          </>
        )}{' '}
        {outcome === 'refused' && (
          <Text span size="xs" hiddenFrom="sm">
            (refused)
          </Text>
        )}
      </Text>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '8rem',
    from: 'sm',
    cell: ({ outcome }) =>
      outcome === 'done' ? (
        <StatusBadge tone="good">Done</StatusBadge>
      ) : (
        <StatusBadge tone="attention">Refused</StatusBadge>
      ),
  },
  {
    id: 'from',
    header: 'From',
    width: '10rem',
    from: 'md',
    cell: ({ address }) => address && <span className="mono">{address}</span>,
  },
]
