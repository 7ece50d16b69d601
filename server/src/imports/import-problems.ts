import { ProblemError } from '../problem.ts'

export const importAlreadyRunning = (runId: string) =>
  new ProblemError(
    'import_already_running',
    'Another import of this connection is not finished. Open it, or cancel it first.',
    { link: `/imports/${runId}` },
  )

export const tooManyImports = (most: number, minutes: number) =>
  new ProblemError(
    'too_many_requests',
    `This workspace started ${most} imports within an hour, which is the most. The next can start in ${minutes} minutes.`,
  )

export const connectionNotReady = (connectionId: string) =>
  new ProblemError(
    'connection_not_ready',
    'This connection has no access to its directory yet. Grant access, then start the import.',
    { link: `/connections/${connectionId}` },
  )

export const planOutdated = () =>
  new ProblemError(
    'plan_outdated',
    'The workspace changed after this plan was made, so it is planned again. Review what differs, then confirm.',
  )

export const notReady = () =>
  new ProblemError(
    'import_not_ready',
    'This import is not waiting for a review. Reload to see where it stands.',
  )

export const importFinished = () =>
  new ProblemError('import_finished', 'This import has ended already. Nothing can be changed about it.')

export const suspensionsNotAcknowledged = (count: number) =>
  new ProblemError(
    'suspensions_not_acknowledged',
    `This import would suspend ${count} users, which is unusually many. Confirm that you mean it.`,
  )

export const nothingToRetry = () =>
  new ProblemError('nothing_to_retry', 'Nobody failed in that import, so there is nothing to retry.')
