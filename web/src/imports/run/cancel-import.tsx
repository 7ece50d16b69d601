import type { ImportRun } from '@keyroster/api/imports.ts'
import { Button } from '@mantine/core'
import { useState } from 'react'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { useCancelImport } from '../imports.ts'
import { cancelConsequence } from '../progress.ts'

/** Asks once, saying what stays, then cancels the run. */
export function CancelImport({ run }: { run: ImportRun }) {
  const [asking, setAsking] = useState(false)
  const cancel = useCancelImport(run.id)
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)} disabled={run.cancelRequested}>
        {run.cancelRequested ? 'Cancelling…' : 'Cancel import'}
      </Button>
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
