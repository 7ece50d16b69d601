import type { ImportRun, RunState } from '@keyroster/api/imports.ts'
import { StatusBadge, type Tone } from '../../ui/status-badge.tsx'
import { waitsFor } from '../progress.ts'

const states: Record<RunState, { word: string; tone: Tone }> = {
  scanning: { word: 'Reading', tone: 'busy' },
  planning: { word: 'Planning', tone: 'busy' },
  ready: { word: 'Ready to review', tone: 'attention' },
  applying: { word: 'Importing', tone: 'busy' },
  completed: { word: 'Completed', tone: 'good' },
  'completed-with-problems': { word: 'Completed with problems', tone: 'attention' },
  cancelled: { word: 'Cancelled', tone: 'quiet' },
  quarantined: { word: 'Stopped', tone: 'bad' },
  failed: { word: 'Failed', tone: 'bad' },
}

/** How a run stands, as its own word with its own icon; waiting and cancelling are not failing. */
export function RunStateBadge({ run }: { run: Pick<ImportRun, 'state' | 'waiting' | 'cancelRequested'> }) {
  const { word, tone } = states[run.state]
  if (tone === 'busy' && run.cancelRequested) return <StatusBadge tone="quiet">Cancelling</StatusBadge>
  if (tone === 'busy' && run.waiting) {
    return <StatusBadge tone="waiting">Waiting for {waitsFor[run.waiting.reason]}</StatusBadge>
  }
  return <StatusBadge tone={tone}>{word}</StatusBadge>
}
