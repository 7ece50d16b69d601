import type { ImportRun } from '@keyroster/api/imports.ts'
import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { type UseMutationResult, useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import {
  Navigate,
  Outlet,
  useBlocker,
  useLocation,
  useNavigate,
  useOutletContext,
  useSearchParams,
} from 'react-router'
import { paths } from '../../paths.ts'
import { freshId } from '../fresh-id.ts'
import { cancelWholly, importQuery, startRun } from '../imports.ts'
import { isFinished } from '../progress.ts'
import {
  type Answers,
  type Draft,
  draftOfRun,
  forgetDraft,
  hasAnswers,
  keepDraft,
  newDraft,
  readDraft,
  sameAnswers,
  startBody,
} from './draft.ts'

export type WizardContext = {
  draft: Draft
  change: (some: Partial<Answers>) => void
  /** The run whose answers are being changed; null on the way to a new one. */
  changing: ImportRun | null
  /** Starts the run of these answers and goes to its review. */
  review: UseMutationResult<string, Error, void>
}

export const useWizard = () => useOutletContext<WizardContext>()

/** The frame of the wizard: keeps the answers, asks before they are lost, and turns them into a run. */
export function Wizard() {
  const [draft, setDraft] = useState(() => readDraft(sessionStorage))
  const [params] = useSearchParams()
  const atStart = useLocation().pathname === paths.newImport()
  const asked = params.get('run') ?? (draft.started ? draft.runId : null)
  const run = useQuery({ ...importQuery(asked ?? ''), enabled: asked !== null })
  const going = useRef(false)

  // A run one comes back to decides the draft before any step is shown.
  const standing = run.data && [run.data.id, run.data.confirmedAt, run.data.state, atStart].join()
  const [followed, setFollowed] = useState<string>()
  if (run.data && standing !== followed) {
    setFollowed(standing)
    setDraft(draftFor(draft, run.data, atStart))
  }
  useEffect(() => keepDraft(sessionStorage, draft), [draft])
  const change = (some: Partial<Draft>) => {
    const changed = { ...draft, ...some }
    // Kept at once as well: going on to the run leaves no time for the effect.
    keepDraft(sessionStorage, changed)
    setDraft(changed)
  }

  const review = useReview(draft, run.data ?? null, (started) => {
    change(started)
    going.current = true
  })
  const known = asked === null || !run.isPending
  const spent = run.data !== undefined && run.data.confirmedAt !== null && !atStart
  // Nothing can be lost before the run is known, nor after it was confirmed: its address leads to the report unasked.
  const changed =
    known && !spent && (run.data && draft.started ? !sameAnswers(draft, run.data) : hasAnswers(draft))
  const blocker = useBlocker(
    ({ nextLocation: { pathname } }) =>
      changed && !going.current && !pathname.startsWith(paths.newImport()) && pathname !== paths.signIn(),
  )

  if (spent) return <Navigate to={paths.import(run.data.id)} replace />
  const changing = run.data && params.has('run') ? run.data : null
  return (
    <>
      {known && <Outlet context={{ draft, change, changing, review } satisfies WizardContext} />}
      <Modal
        opened={blocker.state === 'blocked'}
        onClose={() => blocker.reset?.()}
        title="Leave this import?"
        centered
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <Stack>
          <Text>Nothing has been imported. What you chose here is forgotten.</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
              Stay
            </Button>
            <Button
              onClick={() => {
                forgetDraft(sessionStorage)
                blocker.proceed?.()
              }}
            >
              Leave
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

/** The draft that goes with a run one comes back to: a spent run frees the wizard for the next import. */
function draftFor(before: Draft, run: ImportRun, atStart: boolean): Draft {
  if (run.confirmedAt) return atStart ? newDraft() : before
  const answers = before.runId === run.id ? before : draftOfRun(run)
  return isFinished(run) ? { ...answers, runId: freshId(), started: false } : answers
}

/** Starts the run of the answers, in place of the one before where they changed, and goes to it. */
function useReview(draft: Draft, run: ImportRun | null, onStarted: (started: Partial<Draft>) => void) {
  const navigate = useNavigate()
  return useMutation({
    mutationFn: async () => {
      const before = draft.started && run && !isFinished(run) ? run : null
      if (before && sameAnswers(draft, before)) return before.id
      if (before) await cancelWholly(before.id)
      const started = await startRun(startBody(before ? { ...draft, runId: freshId() } : draft))
      return started.id
    },
    onSuccess: (runId) => {
      onStarted({ runId, started: true })
      // The step of a run that was replaced is no place to come back to.
      return navigate(paths.import(runId), { replace: run !== null && run.id !== runId })
    },
  })
}
