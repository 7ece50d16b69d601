import { Button, Group, Modal, Stack } from '@mantine/core'
import type { UseMutationResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ProblemAlert } from './problem.tsx'

type ConfirmDialogProps = {
  opened: boolean
  onClose: () => void
  /** The question, for example “Delete Adele Vance?”. */
  title: ReactNode
  /** What happens, and what stays. */
  children: ReactNode
  /** The deed in words, on the button. */
  confirmLabel: string
  /** On the button that leaves everything as it is; say it differently where the deed itself is a cancel. */
  closeLabel?: string
  /** What the deed takes away is worth a red button. */
  destructive?: boolean
  /** Shown when the deed fails, for example “Adele Vance was not deleted”. */
  failure: string
  deed: Pick<UseMutationResult<unknown, Error, void>, 'mutate' | 'isPending' | 'error' | 'reset'>
}

/** Asks once, plainly, before a deed; it stays open with the reason where the deed fails. Close it in the deed's `onSuccess`. */
export function ConfirmDialog({
  opened,
  onClose,
  title,
  children,
  confirmLabel,
  closeLabel = 'Cancel',
  destructive = false,
  failure,
  deed,
}: ConfirmDialogProps) {
  const close = () => {
    deed.reset()
    onClose()
  }
  return (
    <Modal opened={opened} onClose={close} title={title} centered>
      <Stack>
        <div>{children}</div>
        <ProblemAlert error={deed.error} title={failure} />
        <Group justify="flex-end">
          <Button variant="default" onClick={close} data-autofocus>
            {closeLabel}
          </Button>
          <Button
            color={destructive ? 'red' : undefined}
            loading={deed.isPending}
            onClick={() => deed.mutate()}
          >
            {confirmLabel}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
