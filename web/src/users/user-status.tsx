import type { User } from '@keyroster/api/users.ts'
import { StatusBadge } from '../ui/status-badge.tsx'
import { statusWords } from './users.ts'

export function UserStatus({ status }: { status: User['status'] }) {
  return <StatusBadge tone={status === 'active' ? 'good' : 'quiet'}>{statusWords[status]}</StatusBadge>
}
