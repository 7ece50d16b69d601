import type { AuditEvent } from '@keyroster/api/audit.ts'
import { formatMoment } from '../format.ts'
import { DirectoryText } from '../ui/directory-text.tsx'
import { FactList } from '../ui/fact-list.tsx'

/** Everything that is kept of one event. */
export function EventDetail({ event }: { event: AuditEvent }) {
  const { actor, target } = event
  return (
    <FactList
      facts={[
        { label: 'Event', value: `${event.seq}, ${event.action}` },
        { label: 'When', value: `${formatMoment(event.at)} (${event.at})` },
        { label: 'Who', value: <DirectoryText>{actor.name}</DirectoryText> },
        ...mono('Id of who', actor.id),
        ...mono('With the API token', actor.tokenId),
        ...(target?.name
          ? [{ label: 'Whom or what', value: <DirectoryText>{target.name}</DirectoryText> }]
          : []),
        ...mono('Id of it', target && `${target.kind} ${target.id}`),
        ...Object.entries(event.detail).map(([name, value]) => ({
          label: name,
          value: <DirectoryText>{typeof value === 'string' ? value : JSON.stringify(value)}</DirectoryText>,
        })),
        ...mono('From', event.address),
        ...mono('Request', event.requestId),
        ...mono('Hash', event.hash),
        ...mono('Hash before', event.previousHash),
      ]}
    />
  )
}

const mono = (label: string, value: string | null) =>
  value === null ? [] : [{ label, value: <span className="mono">{value}</span> }]
