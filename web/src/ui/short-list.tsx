import { Skeleton, Table, VisuallyHidden } from '@mantine/core'
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import classes from './list-table.module.css'
import type { Column } from './list-table.tsx'
import { ProblemAlert } from './problem.tsx'

type ShortListProps<T> = {
  /** What the table holds, as its accessible name. */
  label: string
  /** Answers everything at once: nobody has so many of these that they need pages. */
  query: Pick<UseQueryResult<{ items: T[] }>, 'data' | 'error' | 'isPending' | 'refetch'>
  columns: Column<T>[]
  rowKey: (row: T) => string
  /** Shown when it cannot be loaded, for example “Your passkeys could not be loaded”. */
  failure: string
  /** Shown where there is nothing. */
  empty: ReactNode
}

/** A list without pages: loading, failed, nothing there, and rows. */
export function ShortList<T>({ label, query, columns, rowKey, failure, empty }: ShortListProps<T>) {
  const { data, error } = query
  return (
    <>
      <ProblemAlert error={error} title={failure} onRetry={() => query.refetch()} />
      {query.isPending && <Skeleton h={96} aria-label="Loading" role="status" />}
      {data?.items.length === 0 && empty}
      {data && data.items.length > 0 && (
        <Table aria-label={label} className={classes.table} verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              {columns.map(({ id, header, headerHidden, width, from }) => (
                <Table.Th key={id} w={width} visibleFrom={from}>
                  {headerHidden ? <VisuallyHidden>{header}</VisuallyHidden> : header}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.items.map((row) => (
              <Table.Tr key={rowKey(row)}>
                {columns.map(({ id, cell, headerHidden, numeric, from }) => (
                  <Table.Td
                    key={id}
                    ta={headerHidden || numeric ? 'right' : undefined}
                    // A button's reason is not cut off by its cell.
                    className={headerHidden ? undefined : numeric ? 'numeric' : classes.cell}
                    visibleFrom={from}
                  >
                    {cell(row)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </>
  )
}
