import {
  type AuditAction,
  type AuditEvent,
  type AuditFilter,
  auditActions,
  auditEvent,
  auditHead,
  auditPage,
} from '@keyroster/api/audit.ts'
import { keepPreviousData, queryOptions, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { request } from '../request.ts'
import { sessionKey } from '../session/session.ts'

const auditKey = ['audit'] as const

/** What to look for, as it stands in the address: days are the reader's own. */
export type EventFilters = Partial<Record<'search' | 'actor' | 'action' | 'outcome' | 'from' | 'to', string>>

/** What to look for, as the API takes it: from the first day's midnight to that after the last. */
export function filterOf({ from, to, ...filters }: EventFilters): Partial<Record<keyof AuditFilter, string>> {
  return { ...filters, ...momentOf('from', from, 0), ...momentOf('to', to, 1) }
}

function momentOf(name: 'from' | 'to', day: string | undefined, daysLater: number) {
  const moment = new Date(`${day}T00:00`)
  moment.setDate(moment.getDate() + daysLater)
  return Number.isNaN(moment.getTime()) ? {} : { [name]: moment.toISOString() }
}

/** One page of events, newest first; the page before stays until the next one is there. */
export const eventsQuery = (filters: EventFilters, cursor: string | undefined) =>
  queryOptions({
    queryKey: [...auditKey, 'list', filters, cursor],
    queryFn: ({ signal }) =>
      request(auditPage, '/api/audit', {
        query: { ...filterOf(filters), cursor },
        signal,
      }),
    placeholderData: keepPreviousData,
  })

/** The newest event, by which it can be proved later that nothing before it was rewritten. */
export const headQuery = queryOptions({
  queryKey: [...auditKey, 'head'],
  queryFn: ({ signal }) => request(auditHead, '/api/audit/head', { signal }),
})

export const exportUrl = (filters: EventFilters): string =>
  `/api/audit/export?${new URLSearchParams(filterOf(filters))}`

const mostKept = 200

/**
 * Events as they happen, newest first, while `on`. Whatever happened while nobody listened comes with the list, which is
 * asked anew whenever the stream opens. `onStopped` is called where the server does not let it open again.
 */
export function useTail(on: boolean, filters: EventFilters, onStopped: () => void): AuditEvent[] {
  const client = useQueryClient()
  const [events, setEvents] = useState<AuditEvent[]>([])
  const query = new URLSearchParams(filterOf(filters)).toString()
  useEffect(() => {
    setEvents([])
    if (!on) return
    const stream = new EventSource(`/api/audit/events?${query}`)
    stream.onopen = () => client.invalidateQueries({ queryKey: auditKey })
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      const pushed = auditEvent.safeParse(JSON.parse(data))
      if (pushed.success) setEvents((before) => [pushed.data, ...before].slice(0, mostKept))
    }
    stream.onerror = () => {
      if (stream.readyState !== EventSource.CLOSED) return
      client.invalidateQueries({ queryKey: sessionKey })
      onStopped()
    }
    return () => stream.close()
  }, [client, on, query, onStopped])
  return events
}

/** Events of the tail before those of the list, each once. */
export function withTail(tail: AuditEvent[], items: AuditEvent[]): AuditEvent[] {
  const listed = new Set(items.map(({ seq }) => seq))
  return [...tail.filter(({ seq }) => !listed.has(seq)), ...items].sort((a, b) => b.seq - a.seq)
}

/** “confirmed an import”; the bare code where a later version of the panel wrote it. */
export const deedWords = (action: string): string => auditActions[action as AuditAction] ?? action

const areas: Record<string, string> = {
  session: 'Signing in and out',
  'sign-in-link': 'Sign-in links',
  passkey: 'Passkeys',
  request: 'Refused requests',
  admin: 'People',
  token: 'API tokens',
  user: 'Users',
  connection: 'Connections',
  import: 'Imports',
  setting: 'Settings',
  'secret-key': 'Secret keys',
  backup: 'Backups',
  audit: 'Audit log',
}

/** Every action as a choice, under what it is about, where all of one area can be chosen together. */
export const actionChoices = Object.entries(
  Object.groupBy(Object.keys(auditActions), (action) => action.split('.')[0]!),
).map(([area, actions = []]) => ({
  group: areas[area] ?? area,
  items: [
    { value: `${area}.`, label: `${areas[area] ?? area}: all` },
    ...actions.map((action) => ({ value: action, label: capitalized(deedWords(action)) })),
  ],
}))

function capitalized(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1)
}
