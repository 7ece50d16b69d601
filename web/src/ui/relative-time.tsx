import { Tooltip } from '@mantine/core'
import { useEffect, useState } from 'react'
import { formatDistance, formatMoment } from '../format.ts'

/** “3 minutes ago”, kept current, with the exact moment in the reader's zone on hover. */
export function RelativeTime({ at }: { at: string }) {
  const [, setTick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 30_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <Tooltip label={formatMoment(at)}>
      <time dateTime={at}>{formatDistance(at)}</time>
    </Tooltip>
  )
}
