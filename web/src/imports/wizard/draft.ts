import { directoryGroup } from '@keyroster/api/connections.ts'
import type { ImportRun, Mode, StartImport } from '@keyroster/api/imports.ts'
import { z } from 'zod'
import { freshId } from '../fresh-id.ts'

/** A chosen group: always its name, and as much of the rest as the directory has told this tab. */
const chosenGroup = directoryGroup.partial().required({ id: true, displayName: true })
export type ChosenGroup = z.infer<typeof chosenGroup>

const answers = z.object({
  connectionId: z.uuid().nullable(),
  everyone: z.boolean(),
  groups: z.array(chosenGroup),
  includeGuests: z.boolean(),
  includeDisabled: z.boolean(),
  syncExisting: z.boolean(),
  onlyUpdate: z.boolean(),
})
/** What the wizard has been told so far. */
export type Answers = z.infer<typeof answers>

const draft = answers.extend({
  /** The id of the run that these answers start; pressing twice finds the same run. */
  runId: z.uuid(),
  /** True once the run exists, so that other answers need another run. */
  started: z.boolean(),
})
/** Answers with the run they belong to, kept for one browser tab. */
export type Draft = z.infer<typeof draft>

const storageKey = 'keyroster.import-draft'

const noAnswers: Answers = {
  connectionId: null,
  everyone: true,
  groups: [],
  includeGuests: false,
  includeDisabled: false,
  syncExisting: false,
  onlyUpdate: false,
}

export const newDraft = (): Draft => ({ ...noAnswers, runId: freshId(), started: false })

/** The draft this tab kept; a new one where there is none, or where what was kept cannot be read any more. */
export function readDraft(storage: Pick<Storage, 'getItem'>): Draft {
  const kept = storage.getItem(storageKey)
  if (kept === null) return newDraft()
  try {
    return draft.parse(JSON.parse(kept))
  } catch {
    return newDraft()
  }
}

export const keepDraft = (storage: Pick<Storage, 'setItem'>, kept: Draft): void =>
  storage.setItem(storageKey, JSON.stringify(kept))

export const forgetDraft = (storage: Pick<Storage, 'removeItem'>): void => storage.removeItem(storageKey)

/** True where leaving the wizard would lose something that was chosen. */
export const hasAnswers = (of: Answers): boolean =>
  !of.everyone || of.groups.length > 0 || of.includeGuests || of.includeDisabled || of.syncExisting

export function modeOf({ syncExisting, onlyUpdate }: Pick<Answers, 'syncExisting' | 'onlyUpdate'>): Mode {
  if (!syncExisting) return 'new'
  return onlyUpdate ? 'existing' : 'new-and-existing'
}

/** The body of POST /api/imports for these answers; without a connection the server names it as missing. */
export function startBody(of: Draft): StartImport {
  return {
    id: of.runId,
    connectionId: of.connectionId ?? '',
    scope: of.everyone
      ? { kind: 'all-users' }
      : { kind: 'groups', groups: of.groups.map(({ id, displayName }) => ({ id, displayName })) },
    mode: modeOf(of),
    includeGuests: of.includeGuests,
    includeDisabled: of.includeDisabled,
  }
}

/** The answers that made a run, to change one of them. */
export function draftOfRun(run: ImportRun): Draft {
  return {
    runId: run.id,
    started: true,
    connectionId: run.connectionId,
    everyone: run.scope.kind !== 'groups',
    groups: run.scope.kind === 'groups' ? run.scope.groups : [],
    includeGuests: run.includeGuests,
    includeDisabled: run.includeDisabled,
    syncExisting: run.mode !== 'new',
    onlyUpdate: run.mode === 'existing',
  }
}

/** True where the draft still says what the run was started with, so that no other run is needed. */
export function sameAnswers(draft: Draft, run: ImportRun): boolean {
  const asked = draftOfRun(run)
  const ids = (of: Draft) =>
    of.everyone
      ? ''
      : of.groups
          .map(({ id }) => id)
          .sort()
          .join()
  return (
    draft.connectionId === asked.connectionId &&
    draft.everyone === asked.everyone &&
    ids(draft) === ids(asked) &&
    draft.includeGuests === asked.includeGuests &&
    draft.includeDisabled === asked.includeDisabled &&
    modeOf(draft) === modeOf(asked)
  )
}
