import type { Connection } from '@keyroster/api/connections.ts'
import { StatusBadge } from '../ui/status-badge.tsx'

/** How a connection stands, in words. */
export function ConnectionState({ state }: Pick<Connection, 'state'>) {
  if (state === 'connected') return <StatusBadge tone="good">Connected</StatusBadge>
  if (state === 'needs-attention') return <StatusBadge tone="attention">Needs attention</StatusBadge>
  return <StatusBadge tone="quiet">Access not granted yet</StatusBadge>
}
