import { Badge } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleMinus,
  IconCircleX,
  IconClock,
  IconLoader,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'

const tones = {
  good: { color: 'green', Icon: IconCircleCheck },
  busy: { color: 'deep-teal', Icon: IconLoader },
  waiting: { color: 'yellow', Icon: IconClock },
  attention: { color: 'yellow', Icon: IconAlertTriangle },
  bad: { color: 'red', Icon: IconCircleX },
  quiet: { color: 'gray', Icon: IconCircleMinus },
} as const

export type Tone = keyof typeof tones

/** A state as a word with its icon; the colour only helps. */
export function StatusBadge({ tone, children }: { tone: Tone; children: ReactNode }) {
  const { color, Icon } = tones[tone]
  return (
    <Badge color={color} leftSection={<Icon size={14} stroke={2} aria-hidden />}>
      {children}
    </Badge>
  )
}
