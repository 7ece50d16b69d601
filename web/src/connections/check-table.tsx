import type { CheckRow, Connection } from '@keyroster/api/connections.ts'
import { Box, Group, Stack, Table, Text } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { useCheckConnection } from './connections.ts'

/** What works and what is missing, with the deed that mends it. */
export function CheckTable({ connection }: { connection: Connection }) {
  const check = useCheckConnection(connection.id)
  const result = connection.lastCheck
  return (
    <Stack gap="sm">
      <ProblemAlert error={check.error} title="The check could not be made" />
      {result && (
        <Table aria-label="What works" verticalSpacing={8} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={{ base: '11rem', xs: '13rem' }}>What</Table.Th>
              <Table.Th w="8rem" visibleFrom="xs">
                State
              </Table.Th>
              <Table.Th>What was seen, and what to do</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {result.rows.map((row) => (
              <Row key={row.subject} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Group gap="md">
        <DeedButton
          variant="default"
          unavailable={useWhyNot('connections.edit')}
          loading={check.isPending}
          onClick={() => check.mutate()}
          leftSection={<IconRefresh size={16} aria-hidden />}
        >
          Check again
        </DeedButton>
        <Text c="dimmed" size="xs" component="div" role="status">
          {result ? (
            <>
              Checked <RelativeTime at={result.checkedAt} />
            </>
          ) : (
            'Not checked yet'
          )}
          {result?.requestId && (
            <>
              {' '}
              · Microsoft’s request id <span className="mono">{result.requestId}</span>
            </>
          )}
        </Text>
      </Group>
    </Stack>
  )
}

/** On a narrow screen the state stands below its name, where it has no column. */
function Row({ row }: { row: CheckRow }) {
  const state = row.works ? (
    <StatusBadge tone="good">Works</StatusBadge>
  ) : (
    <StatusBadge tone="bad">Missing</StatusBadge>
  )
  return (
    <Table.Tr style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
      <Table.Td>
        {row.subject === 'sign-in' ? 'Sign in to Microsoft' : row.subject}
        <Box hiddenFrom="xs">{state}</Box>
      </Table.Td>
      <Table.Td visibleFrom="xs">{state}</Table.Td>
      <Table.Td>
        <Text>{row.finding}</Text>
        {row.remedy && <Text fw={500}>{row.remedy}</Text>}
      </Table.Td>
    </Table.Tr>
  )
}
