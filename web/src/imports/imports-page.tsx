import type { ImportRun } from '@keyroster/api/imports.ts'
import { Anchor, EmptyState, Text } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { DirectoryText } from '../ui/directory-text.tsx'
import { useListParams } from '../ui/list-params.ts'
import { type Column, ListTable } from '../ui/list-table.tsx'
import { Page } from '../ui/page.tsx'
import { RelativeTime } from '../ui/relative-time.tsx'
import { ImportUsers } from './import-users.tsx'
import { importsQuery } from './imports.ts'
import { scopeWords } from './plan-words.ts'
import { RunStateBadge } from './run/run-state.tsx'

/** Every import run, newest first. */
export function ImportsPage() {
  const list = useListParams([])
  const imports = useQuery(importsQuery(list.cursor))
  return (
    <Page title="Imports" action={imports.data?.total ? <ImportUsers /> : null}>
      <ListTable
        label="Imports"
        noun="import"
        query={imports}
        columns={columns}
        rowKey={(run) => run.id}
        list={list}
        firstUse={
          <EmptyState py="xl" icon={<IconFileImport aria-hidden />}>
            <EmptyState.Title order={2}>Nothing has been imported yet</EmptyState.Title>
            <EmptyState.Description>
              An import brings people of your directory into this workspace. You see everything it would
              change before it does.
            </EmptyState.Description>
            <EmptyState.Actions>
              <ImportUsers />
            </EmptyState.Actions>
          </EmptyState>
        }
      />
    </Page>
  )
}

const columns: Column<ImportRun>[] = [
  {
    id: 'started',
    header: 'Started',
    width: '9rem',
    cell: (run) => (
      <Anchor component={Link} to={paths.import(run.id)} size="sm">
        <RelativeTime at={run.createdAt} />
      </Anchor>
    ),
  },
  {
    id: 'what',
    header: 'What',
    cell: (run) => (
      <>
        <Text className="numeric">{run.sentence}</Text>
        <Text size="xs" c="dimmed" component="div">
          {scopeWords(run)} of <DirectoryText>{run.connectionName}</DirectoryText>
        </Text>
      </>
    ),
  },
  { id: 'state', header: 'State', width: '14rem', from: 'sm', cell: (run) => <RunStateBadge run={run} /> },
  {
    id: 'who',
    header: 'By',
    width: '10rem',
    from: 'md',
    cell: (run) => <DirectoryText clip>{run.createdBy}</DirectoryText>,
  },
]
