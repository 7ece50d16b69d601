import { Alert, Checkbox, Stack, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import { Navigate } from 'react-router'
import { paths } from '../../paths.ts'
import { ProblemAlert, problemOf } from '../../ui/problem.tsx'
import { modeSentences } from '../plan-words.ts'
import { modeOf } from './draft.ts'
import { RunningImport } from './running-import.tsx'
import { useWizard } from './wizard.tsx'
import { WizardStep } from './wizard-step.tsx'

/** What happens to people who are here already. Going on makes the plan; nothing is written by it. */
export function ExistingStep() {
  const { draft, change, review } = useWizard()
  if (draft.connectionId === null) return <Navigate to={paths.importConnect()} replace />
  const running = runningImport(review.error)
  return (
    <WizardStep
      step="Choose who"
      title="What about users who already exist?"
      description="Going on reads the directory and makes a plan. Nothing is written until you confirm it."
      back={paths.importWho()}
      onNext={() => review.mutate()}
      nextLabel="Review"
      busy={review.isPending}
    >
      {() => (
        <>
          <Stack gap="sm">
            <Checkbox
              label="Sync with existing users"
              description="Link people who already exist with the same email, and keep them up to date."
              checked={draft.syncExisting}
              onChange={(event) => change({ syncExisting: event.currentTarget.checked })}
            />
            {draft.syncExisting && (
              <Checkbox
                ml="xl"
                label="Only update, add nobody"
                description="People who are not in this workspace yet are left out."
                checked={draft.onlyUpdate}
                onChange={(event) => change({ onlyUpdate: event.currentTarget.checked })}
              />
            )}
          </Stack>
          <Alert color="gray" icon={<IconInfoCircle aria-hidden />} role="status">
            <Text>{modeSentences[modeOf(draft)]}</Text>
          </Alert>
          {running ? (
            <RunningImport id={running} onCancelled={review.reset} />
          ) : (
            <ProblemAlert error={review.error} title="The import was not started" />
          )}
        </>
      )}
    </WizardStep>
  )
}

/** The id of the run that is in the way; the server answers with a link to it. */
function runningImport(error: Error | null): string | null {
  const problem = problemOf(error)
  if (problem?.code !== 'import_already_running') return null
  return problem.link?.split('/').at(-1) ?? null
}
