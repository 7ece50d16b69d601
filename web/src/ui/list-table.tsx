import { PAGE_SIZE, type Page } from '@keyroster/api/page.ts'
import {
  ActionIcon,
  Button,
  EmptyState,
  Group,
  Skeleton,
  Stack,
  Table,
  Text,
  UnstyledButton,
  useMatches,
  VisuallyHidden,
} from '@mantine/core'
import {
  IconArrowDown,
  IconArrowsSort,
  IconArrowUp,
  IconChevronDown,
  IconChevronRight,
  IconSearchOff,
} from '@tabler/icons-react'
import type { UseQueryResult } from '@tanstack/react-query'
import { Fragment, type ReactNode, useState } from 'react'
import { formatCount, formatCounted, formatTotal } from '../format.ts'
import type { ListPosition } from './list-params.ts'
import classes from './list-table.module.css'
import { ProblemAlert } from './problem.tsx'

export type Column<T> = {
  id: string
  header: string
  cell: (row: T) => ReactNode
  /** The value of the API's `sort` that sorts by this column ascending; `-` before it descends. */
  sort?: string
  /** CSS width; columns without one share the rest. */
  width?: string
  numeric?: boolean
  /** A header that is only heard, such as that of a row's buttons. */
  headerHidden?: true
  /** Left out on screens narrower than this. */
  from?: 'xs' | 'sm' | 'md' | 'lg'
}

/** A page whose total may be unknown: a log is long, and nobody asks how long. */
type TablePage<T> = Omit<Page<T>, 'total'> & { total?: number }

type ListTableProps<T> = {
  /** What the table holds, as its accessible name. */
  label: string
  /** What one row is, for counts: `user` → “1,204 users”. */
  noun: string
  /** The query of one page, with `placeholderData: keepPreviousData` so that rows stay while the next page loads. */
  query: Pick<UseQueryResult<TablePage<T>>, 'data' | 'error' | 'isPlaceholderData' | 'refetch'>
  columns: Column<T>[]
  rowKey: (row: T) => string
  list: ListPosition
  /** The sorting that holds where the address names none. */
  defaultSort?: string
  /** Search and filters. */
  toolbar?: ReactNode
  /** The filters in words, for the state in which nothing matches. */
  filterWords?: string[]
  /** Shown where there is nothing at all: what would be here, and one button. */
  firstUse: ReactNode
  /** More about a row, unfolded below it. */
  detail?: (row: T) => ReactNode
}

/** A list paged and sorted by the server: loading, failed, nothing yet, nothing matching, and rows with their total. */
export function ListTable<T>(props: ListTableProps<T>) {
  const { query, list, noun, toolbar, filterWords = [] } = props
  const { data, error } = query
  const nothing = data !== undefined && (data.total ?? data.items.length) === 0
  if (nothing && !list.filtered && !error) return props.firstUse
  return (
    <Stack gap="sm">
      {toolbar && (
        <Group gap="xs" role="search">
          {toolbar}
          {list.filtered && (
            <Button variant="subtle" onClick={list.clearFilters}>
              Clear
            </Button>
          )}
        </Group>
      )}
      <ProblemAlert
        error={error}
        title={`The list of ${noun}s could not be loaded`}
        onRetry={() => query.refetch()}
      />
      <VisuallyHidden role="status">{data && announce(props, data)}</VisuallyHidden>
      {data && !nothing && <Total page={data} noun={noun} />}
      {nothing && !error && <NoMatch noun={noun} words={filterWords} onClear={list.clearFilters} />}
      {(data ? !nothing : !error) && <Rows {...props} />}
      {data && <Pages {...props} page={data} />}
    </Stack>
  )
}

function Total({ page: { total, atLeast }, noun }: { page: TablePage<unknown>; noun: string }) {
  return total === undefined ? null : <Text className="numeric">{formatTotal({ total, atLeast }, noun)}</Text>
}

function announce<T>({ noun, list }: ListTableProps<T>, { total, atLeast, items }: TablePage<T>) {
  if (total === undefined) return `${formatCounted(items.length, noun)} shown`
  const words = formatTotal({ total, atLeast }, noun)
  const range = rangeOf(list, items)
  return range && total > items.length ? `${words}, ${range} shown` : words
}

/** “51–100”; null where the address was opened without its way here. */
function rangeOf({ pagesBefore }: ListPosition, items: unknown[]) {
  if (pagesBefore === null || items.length === 0) return null
  const first = pagesBefore * PAGE_SIZE + 1
  return `${formatCount(first)}–${formatCount(first + items.length - 1)}`
}

function NoMatch({ noun, words, onClear }: { noun: string; words: string[]; onClear: () => void }) {
  return (
    <EmptyState py="xl" icon={<IconSearchOff aria-hidden />}>
      <EmptyState.Title order={2}>No {noun} matches</EmptyState.Title>
      <EmptyState.Description>
        Shown are only {noun}s with{' '}
        {words.map((word, index) => (
          <Fragment key={word}>
            {index > 0 && ' and '}
            <bdi>{word}</bdi>
          </Fragment>
        ))}
        .
      </EmptyState.Description>
      <EmptyState.Actions>
        <Button variant="default" onClick={onClear}>
          Clear
        </Button>
      </EmptyState.Actions>
    </EmptyState>
  )
}

function Rows<T>({ label, query, columns, rowKey, list, defaultSort, detail }: ListTableProps<T>) {
  const [unfolded, setUnfolded] = useState<string | null>(null)
  const sort = list.sort ?? defaultSort
  const rows = query.data?.items
  const span = useColumnsShown(columns) + (detail ? 1 : 0)
  return (
    <Table
      aria-label={label}
      aria-busy={query.isPlaceholderData || !rows}
      className={classes.table}
      mod={{ stale: query.isPlaceholderData }}
      stickyHeader
      stickyHeaderOffset="var(--shell-header-height)"
      verticalSpacing={8}
      highlightOnHover
    >
      <Table.Thead>
        <Table.Tr>
          {detail && (
            <Table.Th w="2.75rem">
              <VisuallyHidden>More</VisuallyHidden>
            </Table.Th>
          )}
          {columns.map((column) => (
            <HeaderCell key={column.id} column={column} sort={sort} onSort={list.setSort} />
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows
          ? rows.map((row) => (
              <Row
                key={rowKey(row)}
                row={row}
                columns={columns}
                span={span}
                detail={detail}
                unfolded={unfolded === rowKey(row)}
                onToggle={() => setUnfolded(unfolded === rowKey(row) ? null : rowKey(row))}
              />
            ))
          : placeholders.map((key) => (
              <Table.Tr key={key}>
                <Table.Td colSpan={span}>
                  <Skeleton h={20} my={1} />
                </Table.Td>
              </Table.Tr>
            ))}
      </Table.Tbody>
    </Table>
  )
}

/** How many columns this screen is wide enough for: a cell that spans more than there are would take width from them. */
function useColumnsShown(columns: Pick<Column<unknown>, 'from'>[]) {
  const upTo = (...sizes: Column<unknown>['from'][]) =>
    columns.filter(({ from }) => from === undefined || sizes.includes(from)).length
  return useMatches({
    base: upTo(),
    xs: upTo('xs'),
    sm: upTo('xs', 'sm'),
    md: upTo('xs', 'sm', 'md'),
    lg: columns.length,
  })
}

const placeholders = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth']

type HeaderCellProps<T> = { column: Column<T>; sort: string | undefined; onSort: (sort: string) => void }

function HeaderCell<T>({ column, sort, onSort }: HeaderCellProps<T>) {
  const ascending = column.sort !== undefined && sort === column.sort
  const descending = column.sort !== undefined && sort === `-${column.sort}`
  const Icon = ascending ? IconArrowUp : descending ? IconArrowDown : IconArrowsSort
  return (
    <Table.Th
      w={column.width}
      ta={column.numeric ? 'right' : undefined}
      visibleFrom={column.from}
      aria-sort={ascending ? 'ascending' : descending ? 'descending' : undefined}
    >
      {column.sort ? (
        <UnstyledButton
          className={classes.sort}
          mod={{ active: ascending || descending }}
          onClick={() => onSort(ascending ? `-${column.sort}` : column.sort!)}
        >
          {column.header}
          <Icon size={14} aria-hidden />
        </UnstyledButton>
      ) : (
        column.header
      )}
    </Table.Th>
  )
}

type RowProps<T> = Pick<ListTableProps<T>, 'columns' | 'detail'> & {
  row: T
  /** Cells of a row on this screen. */
  span: number
  unfolded: boolean
  onToggle: () => void
}

function Row<T>({ row, span, columns, detail, unfolded, onToggle }: RowProps<T>) {
  const Icon = unfolded ? IconChevronDown : IconChevronRight
  return (
    <>
      <Table.Tr>
        {detail && (
          <Table.Td>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-expanded={unfolded}
              aria-label="Details"
              onClick={onToggle}
            >
              <Icon size={16} aria-hidden />
            </ActionIcon>
          </Table.Td>
        )}
        {columns.map((column) => (
          <Table.Td
            key={column.id}
            ta={column.numeric ? 'right' : undefined}
            className={column.numeric ? 'numeric' : classes.cell}
            visibleFrom={column.from}
          >
            {column.cell(row)}
          </Table.Td>
        ))}
      </Table.Tr>
      {detail && unfolded && (
        <Table.Tr className={classes.detail}>
          <Table.Td colSpan={span}>{detail(row)}</Table.Td>
        </Table.Tr>
      )}
    </>
  )
}

function Pages<T>({ label, noun, list, page }: ListTableProps<T> & { page: TablePage<T> }) {
  if (list.pagesBefore === 0 && page.next === null) return null
  const { total, atLeast } = page
  const range = rangeOf(list, page.items)
  const words = total === undefined ? null : formatTotal({ total, atLeast }, noun)
  return (
    <Group component="nav" aria-label={`Pages of ${label.toLowerCase()}`} justify="space-between" gap="xs">
      <Text className="numeric" c="dimmed">
        {[range, words].filter(Boolean).join(' of ')}
      </Text>
      <Group gap="xs">
        <Button variant="default" onClick={list.toFirst} disabled={list.pagesBefore === 0}>
          First
        </Button>
        <Button variant="default" onClick={list.toPrevious} disabled={!list.pagesBefore}>
          Previous
        </Button>
        <Button
          variant="default"
          onClick={() => page.next && list.toNext(page.next)}
          disabled={page.next === null}
        >
          Next
        </Button>
      </Group>
    </Group>
  )
}
