import type { ImportRun } from '@keyroster/api/imports.ts'
import { Alert, Progress as Bar, Box, Group, Stack, Text, Title } from '@mantine/core'
import { IconClock, IconInfoCircle } from '@tabler/icons-react'
import { useEffect, useState } from 'react'
import { OpenConnection } from '../../connections/open-connection.tsx'
import { formatCounted, formatDistance, formatShare, formatTime } from '../../format.ts'
import { CountBar } from '../../ui/count-bar.tsx'
import { Page } from '../../ui/page.tsx'
import { fractionDone, phaseWords, resumedWords } from '../progress.ts'
import { Steps } from '../steps.tsx'
import { Answers } from './answers.tsx'
import { CancelImport } from './cancel-import.tsx'
import { RunStateBadge } from './run-state.tsx'
import { Sources } from './sources.tsx'

/** A run on its way: one bar for reading and writing, people counted, the phase in words. */
export function Progress({ run, outdated }: { run: ImportRun; outdated: boolean }) {
  const applying = run.state === 'applying'
  const fraction = fractionDone(run)
  const words = phaseWords(run)
  return (
    <>
      <Steps current={applying ? 'Import' : 'Review'} />
      <Page
        title={applying ? 'Importing users' : 'Making the plan'}
        description={applying ? undefined : 'Nothing is written until you have reviewed the plan.'}
        action={<CancelImport run={run} />}
      >
        {outdated && !applying && (
          <Alert
            color="yellow"
            icon={<IconInfoCircle aria-hidden />}
            title="The workspace changed after the plan was made"
          >
            <Text>Nothing was written. The plan is made again; you then see what differs.</Text>
          </Alert>
        )}
        <Stack gap="xs" maw="44rem">
          <Group justify="space-between">
            <RunStateBadge run={run} />
            {fraction !== null && (
              <Text className="numeric">{formatShare(Math.floor(fraction * 100) / 100)}</Text>
            )}
          </Group>
          <Bar.Root size="lg">
            <Bar.Section
              value={(fraction ?? 1) * 100}
              striped={fraction === null}
              animated={fraction === null}
              aria-label="Progress of the import"
              aria-valuetext={words}
            />
          </Bar.Root>
          <Text className="numeric" fw={500}>
            {words}
            {run.outcomes.failed > 0 && ` · ${formatCounted(run.outcomes.failed, 'problem')}`}
          </Text>
          <Waiting run={run} />
          {resumedWords(run) && <Text>{resumedWords(run)}</Text>}
          <Text c="dimmed">
            You can leave this page: the import goes on, and a notification tells you when it needs you.
          </Text>
        </Stack>
        {applying && (
          <Box component="section" maw="44rem">
            <Title order={2} mb="xs">
              So far
            </Title>
            <CountBar outcomes={run.outcomes} total={run.toApply} />
          </Box>
        )}
        <Answers run={run} />
        {run.sources.length > 1 && <Sources run={run} />}
      </Page>
    </>
  )
}

/** Nobody but an admin can end this wait; what was read is kept meanwhile. */
function WaitingForConnection({ run: { problem, connectionId } }: { run: ImportRun }) {
  return (
    <Alert color="yellow" icon={<IconClock aria-hidden />} title="Paused until the connection works again">
      <Text>
        {problem?.detail} {problem?.remedy}
      </Text>
      <Text>What was read is kept. Once the connection works, the import goes on by itself.</Text>
      {connectionId && <OpenConnection id={connectionId} />}
    </Alert>
  )
}

const waitingFor = {
  throttled: 'Microsoft asked us to wait.',
  unreachable: 'Microsoft cannot be reached right now.',
  database: "Keyroster's database cannot be written right now.",
}

/** Paused is not failed: who makes us wait, and when the next try is. */
function Waiting({ run }: { run: ImportRun }) {
  const { waiting } = run
  const [, setTick] = useState(0)
  useEffect(() => {
    if (!waiting) return
    const timer = setInterval(() => setTick((tick) => tick + 1), 1_000)
    return () => clearInterval(timer)
  }, [waiting])
  if (!waiting) return null
  if (waiting.reason === 'connection') return <WaitingForConnection run={run} />
  return (
    <Alert color="yellow" icon={<IconClock aria-hidden />}>
      <Text className="numeric">
        {waitingFor[waiting.reason]}
        {waiting.until && ` Next try ${formatDistance(waiting.until)}, at ${formatTime(waiting.until)}.`}
      </Text>
    </Alert>
  )
}
