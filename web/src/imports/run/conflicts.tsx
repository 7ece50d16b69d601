import { type ConflictKind, conflictKinds, type Decision, type ImportRun } from '@keyroster/api/imports.ts'
import { Anchor, Group, NativeSelect, Paper, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Link } from 'react-router'
import { formatCount, formatCounted } from '../../format.ts'
import { useWhyNot } from '../../session/may.ts'
import { DeedButton } from '../../ui/deed-button.tsx'
import { ProblemAlert } from '../../ui/problem.tsx'
import { entriesQuery, useDecide } from '../imports.ts'
import { conflictWords, decisionWords } from '../plan-words.ts'
import classes from './conflicts.module.css'
import { entriesWith } from './entries.tsx'

/** What needs a person, kind by kind: decided all alike here, or one by one in the table. */
export function Conflicts({ run }: { run: ImportRun }) {
  const kinds = conflictKinds.filter((kind) => run.conflicts[kind] > 0)
  if (kinds.length === 0) return null
  const undecided = run.plan.conflict
  return (
    <Stack component="section" gap="sm" maw="60rem">
      <Title order={2}>Conflicts</Title>
      <Text role="status">
        {undecided === 0
          ? 'Every conflict is decided.'
          : `${formatCounted(undecided, 'person', 'people')} not decided yet. They are left out this time if you import without deciding.`}
      </Text>
      {kinds.map((kind) => (
        <Kind key={kind} run={run} kind={kind} />
      ))}
    </Stack>
  )
}

function Kind({ run, kind }: { run: ImportRun; kind: ConflictKind }) {
  const { label, explanation } = conflictWords[kind]
  const heading = useId()
  return (
    <Paper component="section" aria-labelledby={heading} withBorder p="md">
      <Stack gap="xs">
        <Group gap="xs" wrap="nowrap">
          <IconAlertTriangle size={18} aria-hidden className={classes.sign} />
          <Title order={3} id={heading}>
            {label}: {formatCount(run.conflicts[kind])}
          </Title>
        </Group>
        <Text>
          {explanation}{' '}
          <Anchor component={Link} to={entriesWith({ conflict: kind })} size="sm" underline="always">
            Decide one by one
          </Anchor>
        </Text>
        <AllAlike run={run} kind={kind} />
      </Stack>
    </Paper>
  )
}

function AllAlike({ run, kind }: { run: ImportRun; kind: ConflictKind }) {
  const [decision, setDecision] = useState<Decision | ''>('')
  const first = useQuery(entriesQuery(run, { conflict: kind, limit: 1 }))
  const decide = useDecide(run.id)
  const refused = useWhyNot('imports.run')
  // Of several directory users with one email only one can be the person, so that is said one by one.
  const choices = (first.data?.items[0]?.choices ?? []).filter(
    (choice) => choice !== 'link' || kind !== 'email-shared',
  )
  if (choices.length === 0) return null
  return (
    <>
      <ProblemAlert error={decide.error} title="The decision was not kept" />
      <Group gap="xs" align="flex-end">
        <NativeSelect
          label="Decide all alike"
          value={decision}
          disabled={refused !== null}
          onChange={(event) => setDecision(event.currentTarget.value as Decision | '')}
          data={[
            { value: '', label: 'Not decided' },
            ...choices.map((value) => ({ value, label: decisionWords[value] })),
          ]}
        />
        <DeedButton
          variant="default"
          unavailable={refused}
          loading={decide.isPending}
          onClick={() => decide.mutate({ about: { conflict: kind }, decision: decision || null })}
        >
          Apply to all {formatCount(run.conflicts[kind])}
        </DeedButton>
      </Group>
    </>
  )
}
