import type { ImportRun } from '@keyroster/api/imports.ts'
import { useState } from 'react'
import { useWhyNot } from '../../session/may.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { DeedButton } from '../../ui/deed-button.tsx'
import { useCancelImport } from '../imports.ts'
import { cancelConsequence } from '../progress.ts'

/** Asks once, saying what stays, then cancels the run. */
export function CancelImport({ run }: { run: ImportRun }) {
  const [asking, setAsking] = useState(false)
  const cancel = useCancelImport(run.id)
  const refused = useWhyNot('imports.run')
  const cancelling = run.cancelRequested ? 'It is being cancelled already.' : null
  return (
    <>
      <DeedButton variant="default" unavailable={refused ?? cancelling} onClick={() => setAsking(true)}>
        {run.cancelRequested ? 'Cancelling…' : 'Cancel import'}
      </DeedButton>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Cancel this import?"
        confirmLabel="Cancel import"
        closeLabel="Keep importing"
        destructive
        failure="The import was not cancelled"
        deed={{ ...cancel, mutate: () => cancel.mutate(undefined, { onSuccess: () => setAsking(false) }) }}
      >
        {cancelConsequence(run)}
      </ConfirmDialog>
    </>
  )
}
