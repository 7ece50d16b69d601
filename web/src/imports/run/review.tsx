import type { Action, ImportRun } from '@keyroster/api/imports.ts'
import { Alert, Checkbox, Group, List, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { formatCounted } from '../../format.ts'
import { useWhyNot } from '../../session/may.ts'
import { CountBar } from '../../ui/count-bar.tsx'
import { DeedButton } from '../../ui/deed-button.tsx'
import { Page } from '../../ui/page.tsx'
import { ErrorSummary, type FieldError, messageFor, ProblemAlert, problemOf } from '../../ui/problem.tsx'
import type { useConfirmImport } from '../imports.ts'
import { deed, planDifference } from '../plan-words.ts'
import { Steps } from '../steps.tsx'
import { Answers } from './answers.tsx'
import { CancelImport } from './cancel-import.tsx'
import { Conflicts } from './conflicts.tsx'
import { DownloadPeople } from './download-people.tsx'
import { Entries, entriesWith } from './entries.tsx'
import classes from './review.module.css'
import { Samples } from './samples.tsx'
import { isIncomplete, Sources } from './sources.tsx'

type Props = { run: ImportRun; confirm: ReturnType<typeof useConfirmImport> }

/** The plan before anything is written: counts, answers, samples, conflicts and every person; the last button does it. */
export function Review({ run, confirm }: Props) {
  const [acknowledged, setAcknowledged] = useState(false)
  const [errors, setErrors] = useState<FieldError[]>([])
  const refused = useWhyNot('imports.run')
  const planned = deed(run.plan, run.membershipsToRemove)

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const found = run.safeguard && !acknowledged ? [acknowledgeFirst] : []
    setErrors(found)
    if (found.length > 0 || run.fingerprint === null) return
    confirm.mutate({ fingerprint: run.fingerprint, acknowledgeSuspensions: acknowledged })
  }

  return (
    <>
      <Steps current="Review" />
      <Page
        title={errors.length > 0 ? 'Error: Review the import' : 'Review the import'}
        heading="Review the import"
        description={`${formatCounted(run.read, 'person', 'people')} read from Entra ID. Nothing has been written yet.`}
        action={<CancelImport run={run} />}
      >
        <ErrorSummary errors={errors} />
        <Replanned run={run} />
        {planned === null && <NothingToDo run={run} />}
        <CountBar plan={run.plan} to={(action: Action) => entriesWith({ action })} />
        {run.membershipsToRemove > 0 && (
          <Text>
            {formatCounted(run.membershipsToRemove, 'person', 'people')} no longer in a chosen group at
            Microsoft leave that group here; they stay in the workspace.
          </Text>
        )}
        <Conflicts run={run} />
        <section>
          <Title order={2} mb="xs">
            Your choices
          </Title>
          <Answers run={run} changeable={refused === null} />
        </section>
        {isIncomplete(run.sources) && <Sources run={run} />}
        <Samples run={run} />
        <Entries run={run} download={<DownloadPeople runId={run.id} kind="plan" />} />
        <form onSubmit={submit} noValidate className={classes.bar}>
          {run.safeguard && (
            <Checkbox
              id="acknowledge"
              label={`Yes, suspend ${formatCounted(run.plan.suspend, 'user')}: their accounts are disabled in Entra`}
              checked={acknowledged}
              error={messageFor(errors, 'acknowledge')}
              onChange={(event) => setAcknowledged(event.currentTarget.checked)}
            />
          )}
          <Refused error={confirm.error} />
          <Group justify="space-between" gap="xs">
            <Text className="numeric">{leftOut(run)}</Text>
            <DeedButton
              type="submit"
              unavailable={refused}
              loading={confirm.isPending}
              className={classes.deed}
            >
              {planned ?? 'Done'}
            </DeedButton>
          </Group>
        </form>
      </Page>
    </>
  )
}

const acknowledgeFirst: FieldError = {
  field: 'acknowledge',
  message:
    'Many users would be suspended at once. Tick the box to say that this is meant, or cancel the import.',
}

function leftOut({ plan }: ImportRun): string {
  if (plan.conflict > 0) return `${formatCounted(plan.conflict, 'undecided conflict')} left out this time`
  return plan.suspend > 0 ? 'Suspended users keep their history and their keys' : 'Entra stays as it is'
}

function NothingToDo({ run }: { run: ImportRun }) {
  return (
    <Alert color="gray" icon={<IconInfoCircle aria-hidden />} title="There is nothing to import">
      <Text>{nothingWords(run)}</Text>
    </Alert>
  )
}

function nothingWords({ read, plan }: ImportRun): string {
  if (read === 0) return 'Nobody was found with these choices. Change them, or choose Done.'
  if (plan.conflict > 0)
    return 'Decide a conflict to import somebody after all, or choose Done to close this import.'
  return 'Everybody who was read is up to date or left out; the table says why. Choose Done to close this import.'
}

/** Why the confirmation was refused; an outdated plan is shown anew instead. */
function Refused({ error }: { error: Error | null }) {
  if (problemOf(error)?.code === 'plan_outdated') return null
  return <ProblemAlert error={error} title="The import was not started" />
}

/** What differs in a plan that was made again because the workspace changed. */
function Replanned({ run: { replanned } }: { run: ImportRun }) {
  if (!replanned) return null
  const difference = planDifference(replanned.before, replanned.after)
  return (
    <Alert
      color="yellow"
      role="alert"
      icon={<IconAlertTriangle aria-hidden />}
      title="The workspace changed, so the plan was made again"
    >
      <Stack gap={4}>
        <Text>
          {replanned.changed === 0
            ? 'Nothing differs. Look once more, then confirm.'
            : `${formatCounted(replanned.changed, 'person is', 'people are')} planned differently now. Look once more, then confirm.`}
        </Text>
        {difference.length > 0 && (
          <List size="sm">
            {difference.map((line) => (
              <List.Item key={line}>{line}</List.Item>
            ))}
          </List>
        )}
      </Stack>
    </Alert>
  )
}
