import type { ImportRun, Outcome } from '@keyroster/api/imports.ts'
import { Alert, Anchor, Button, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useState } from 'react'
import { Link, useNavigate } from 'react-router'
import { OpenConnection } from '../../connections/open-connection.tsx'
import { formatCount, formatCounted } from '../../format.ts'
import { paths } from '../../paths.ts'
import { useWhyNot } from '../../session/may.ts'
import { CountBar } from '../../ui/count-bar.tsx'
import { DeedButton } from '../../ui/deed-button.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemAlert } from '../../ui/problem.tsx'
import { RelativeTime } from '../../ui/relative-time.tsx'
import { freshId } from '../fresh-id.ts'
import { ImportUsers } from '../import-users.tsx'
import { useStartImport } from '../imports.ts'
import { cutShortWords, resumedWords } from '../progress.ts'
import { Answers } from './answers.tsx'
import { DownloadPeople } from './download-people.tsx'
import { Entries, entriesWith } from './entries.tsx'
import { RunStateBadge } from './run-state.tsx'
import { Sources } from './sources.tsx'

const titles: Partial<Record<ImportRun['state'], string>> = {
  completed: 'Import completed',
  'completed-with-problems': 'Import completed with problems',
  cancelled: 'Import cancelled',
  quarantined: 'Import stopped',
  failed: 'Import failed',
}

/** What came of a run: the sentence first, then the counts, then person by person. */
export function Completion({ run }: { run: ImportRun }) {
  return (
    <Page
      title={titles[run.state] ?? 'Import'}
      description={<RunStateBadge run={run} />}
      parent={
        <Anchor component={Link} to={paths.imports()} size="sm">
          Imports
        </Anchor>
      }
      action={<Next run={run} />}
    >
      <Text size="lg">{run.sentence}</Text>
      {cutShortWords(run) && <Text>{cutShortWords(run)}</Text>}
      {resumedWords(run) && <Text>{resumedWords(run)}</Text>}
      {run.problem && (
        <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title="What stopped it">
          <Text>
            {run.problem.detail} {run.problem.remedy}
          </Text>
          {run.connectionId && <OpenConnection id={run.connectionId} />}
        </Alert>
      )}
      {run.retriable > 0 && <Retry run={run} />}
      {run.confirmedAt && (
        <CountBar outcomes={run.outcomes} to={(outcome: Outcome) => entriesWith({ outcome })} />
      )}
      {run.finishedAt && (
        <Text c="dimmed">
          Ended <RelativeTime at={run.finishedAt} />
        </Text>
      )}
      <section>
        <Title order={2} mb="xs">
          What was asked
        </Title>
        <Answers run={run} />
      </section>
      {run.sources.length > 0 && <Sources run={run} />}
      {run.read > 0 && <Entries run={run} download={<DownloadPeople runId={run.id} kind="report" />} />}
    </Page>
  )
}

function Next({ run }: { run: ImportRun }) {
  const imported = run.state === 'completed' || run.state === 'completed-with-problems'
  if (!imported) return <ImportUsers />
  return (
    <Button component={Link} to={paths.users()}>
      Show users
    </Button>
  )
}

/** Those who failed, once more: they are read and planned anew. */
function Retry({ run }: { run: ImportRun }) {
  const [retryId] = useState(freshId)
  const start = useStartImport()
  const refused = useWhyNot('imports.run')
  const navigate = useNavigate()
  const { connectionId } = run
  if (connectionId === null) {
    return (
      <Text>
        {formatCounted(run.retriable, 'person', 'people')} failed. Their connection is deleted: connect the
        tenant again to retry.
      </Text>
    )
  }
  const retry = () =>
    start.mutate(
      {
        id: retryId,
        connectionId,
        scope: { kind: 'retry', importId: run.id },
        mode: run.mode,
        includeGuests: run.includeGuests,
        includeDisabled: run.includeDisabled,
      },
      { onSuccess: ({ id }) => navigate(paths.import(id)) },
    )
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle aria-hidden />}
      title={`${formatCounted(run.retriable, 'person', 'people')} failed`}
    >
      <Stack gap="sm" align="flex-start">
        <Text>
          <Anchor
            component={Link}
            to={entriesWith({ outcome: 'failed' })}
            size="sm"
            underline="always"
            c="inherit"
          >
            See why, person by person
          </Anchor>
          , mend what the table names, then retry. Only they are read again, and you review the plan first.
        </Text>
        <ProblemAlert error={start.error} title="The retry was not started" />
        <DeedButton unavailable={refused} loading={start.isPending} onClick={retry}>
          Retry {formatCount(run.retriable)} failed
        </DeedButton>
      </Stack>
    </Alert>
  )
}
