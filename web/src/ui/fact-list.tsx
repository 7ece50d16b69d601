import { DataList } from '@mantine/core'
import type { ReactNode } from 'react'

type FactListProps = { facts: { label: string; value: ReactNode }[]; labelWidth?: string }

/** Facts about one thing, each after its name. */
export function FactList({ facts, labelWidth = '10rem' }: FactListProps) {
  return (
    <DataList labelWidth={labelWidth} gap={4}>
      {facts.map(({ label, value }) => (
        <DataList.Item key={label}>
          <DataList.ItemLabel>{label}</DataList.ItemLabel>
          <DataList.ItemValue style={{ overflowWrap: 'anywhere' }}>{value}</DataList.ItemValue>
        </DataList.Item>
      ))}
    </DataList>
  )
}
