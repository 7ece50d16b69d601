import { Alert, Button, Group, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { cancelWholly, importQuery } from '../imports.ts'
import { cancelConsequence } from '../progress.ts'

/** The import of this connection that is under way already, which may be opened or cancelled. */
export function RunningImport({ id, onCancelled }: { id: string; onCancelled: () => void }) {
  const [asking, setAsking] = useState(false)
  const run = useQuery(importQuery(id))
  const cancel = useMutation({
    mutationFn: () => cancelWholly(id),
    onSuccess: () => {
      notifications.show({ message: 'The other import is cancelled. Choose Review to go on.' })
      onCancelled()
    },
  })
  return (
    <Alert
      color="yellow"
      role="alert"
      title="Another import is under way"
      icon={<IconAlertTriangle aria-hidden />}
    >
      <Stack gap="sm" align="flex-start">
        <Text>
          This tenant is imported by one run at a time. {run.data?.sentence} Open it, or cancel it and choose
          Review again.
        </Text>
        <Group gap="xs">
          <Button size="xs" component={Link} to={paths.import(id)}>
            Open it
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsking(true)}>
            Cancel it
          </Button>
        </Group>
      </Stack>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Cancel the import that is under way?"
        confirmLabel="Cancel the import"
        closeLabel="Keep it"
        destructive
        failure="The import was not cancelled"
        deed={cancel}
      >
        {run.data ? cancelConsequence(run.data) : 'What it has written stays.'}
      </ConfirmDialog>
    </Alert>
  )
}
