import { DataList } from '@mantine/core'
import type { ReactNode } from 'react'

type FactListProps = { facts: { label: string; value: ReactNode }[]; labelWidth?: string }

/** Facts about one thing, each after its name. */
export function FactList({ facts, labelWidth = '10rem' }: FactListProps) {
  return (
    <DataList labelWidth={labelWidth} gap={4}>
      {facts.map(({ label, value }) => (
        <Fact key={label} label={label}>
          {value}
        </Fact>
      ))}
    </DataList>
  )
}

/** One fact of a list that has some of its facts only sometimes. */
export function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    // A value of several lines has the baseline of its last, so names stand at the top instead.
    <DataList.Item style={{ alignItems: 'start' }}>
      <DataList.ItemLabel>{label}</DataList.ItemLabel>
      <DataList.ItemValue style={{ overflowWrap: 'anywhere' }}>{children}</DataList.ItemValue>
    </DataList.Item>
  )
}
