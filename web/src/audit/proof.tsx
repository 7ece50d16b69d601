import { Code, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatCount } from '../format.ts'
import { CopyValue } from '../ui/copy-value.tsx'
import { Section } from '../ui/section.tsx'
import { headQuery } from './audit.ts'

/** How anybody can check that the log is whole. */
export function Proof() {
  const head = useQuery(headQuery)
  if (!head.data || head.data.seq === 0) return null
  const { seq, hash } = head.data
  return (
    <Section title="Is the log whole?">
      <Text maw="44rem">
        Every event carries the hash of the one before it, so a change in between shows. On the machine that
        runs the panel, <Code>npx keyroster audit verify</Code> reads them all again. Keep the hash of event{' '}
        {formatCount(seq)}, the newest, somewhere else: it proves later that nothing up to it was rewritten.
      </Text>
      <CopyValue value={hash} name={`the hash of event ${seq}`} />
    </Section>
  )
}
