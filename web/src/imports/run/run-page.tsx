import type { ImportRun } from '@keyroster/api/imports.ts'
import { Skeleton, VisuallyHidden } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useParams } from 'react-router'
import { NotFoundPage } from '../../shell/not-found-page.tsx'
import { Page } from '../../ui/page.tsx'
import { ProblemAlert, problemOf } from '../../ui/problem.tsx'
import { useConfirmImport, useRun } from '../imports.ts'
import { announcement, isMoving } from '../progress.ts'
import { Completion } from './completion.tsx'
import { Progress } from './progress.tsx'
import { Review } from './review.tsx'

/** One address for a run from its scan to its report: what it shows follows the run's state. */
export function RunPage() {
  const { id = '' } = useParams()
  const run = useRun(id)
  if (problemOf(run.error)?.code === 'not_found') return <NotFoundPage what="import" />
  if (!run.data) {
    return (
      <Page title="Import">
        <ProblemAlert
          error={run.error}
          title="The import could not be loaded"
          onRetry={() => run.refetch()}
        />
        {run.isPending && <Skeleton h={240} />}
      </Page>
    )
  }
  return (
    <>
      <VisuallyHidden role="status">{announcement(run.data)}</VisuallyHidden>
      <View key={run.data.id} run={run.data} />
    </>
  )
}

function View({ run }: { run: ImportRun }) {
  const confirm = useConfirmImport(run.id)
  const stage = isMoving(run) ? 'progress' : run.state === 'ready' ? 'review' : 'report'
  useTopOf(stage)
  if (stage === 'progress')
    return <Progress run={run} outdated={problemOf(confirm.error)?.code === 'plan_outdated'} />
  return stage === 'review' ? <Review run={run} confirm={confirm} /> : <Completion run={run} />
}

/** Begins each stage at its top: the address stays, so the router leaves the page where it was scrolled to. */
function useTopOf(stage: string) {
  const shown = useRef(stage)
  useEffect(() => {
    if (shown.current !== stage) scrollTo({ top: 0 })
    shown.current = stage
  }, [stage])
}
