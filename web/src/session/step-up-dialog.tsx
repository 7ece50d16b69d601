import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconFingerprint } from '@tabler/icons-react'
import { useNavigate } from 'react-router'
import { paths } from '../paths.ts'
import { ProblemAlert } from '../ui/problem.tsx'
import { browserRefusal, useStepUp } from './passkeys.ts'
import { useSession } from './session.ts'
import { answerStepUp, useStepUpAsked } from './step-up.ts'

/** Asks for a touch of a passkey whenever the panel needs one, over whatever is open; then what was asked for goes on. */
export function StepUpDialog() {
  const asked = useStepUpAsked()
  const session = useSession()
  const hasPasskey = (session.data?.passkeys ?? 0) > 0
  const decline = () => answerStepUp(false)
  return (
    <Modal
      opened={asked}
      onClose={decline}
      title="Touch your passkey to go on"
      centered
      zIndex={400}
      // The dialog below listens for Escape too, and would lose what was typed in it; this mark is Mantine's own.
      closeOnEscape={false}
      onKeyDown={(event) => event.key === 'Escape' && decline()}
      closeButtonProps={{ 'aria-label': 'Close', ...keepEscape }}
    >
      {hasPasskey ? <Touch onDecline={decline} /> : <NoPasskey onDecline={decline} />}
    </Modal>
  )
}

const keepEscape = { 'data-mantine-stop-propagation': 'true' }

function Touch({ onDecline }: { onDecline: () => void }) {
  const stepUp = useStepUp()
  const refusal = browserRefusal(stepUp.error)
  return (
    <Stack>
      <Text>
        What you are about to do is protected, so show once more that it is you. It counts for five minutes.
      </Text>
      {refusal ? (
        <Alert color="yellow" variant="light" role="alert">
          {refusal}
        </Alert>
      ) : (
        <ProblemAlert error={stepUp.error} title="The passkey was not accepted" />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDecline} {...keepEscape}>
          Cancel
        </Button>
        <Button
          leftSection={<IconFingerprint size={18} aria-hidden />}
          loading={stepUp.isPending}
          onClick={() => stepUp.mutate(undefined, { onSuccess: () => answerStepUp(true) })}
          data-autofocus
          {...keepEscape}
        >
          Touch your passkey
        </Button>
      </Group>
    </Stack>
  )
}

function NoPasskey({ onDecline }: { onDecline: () => void }) {
  const navigate = useNavigate()
  const add = () => {
    onDecline()
    navigate(paths.account())
  }
  return (
    <Stack>
      <Text>
        What you are about to do is protected by a passkey, and you have none yet. Add one to your account,
        then come back and do it again.
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDecline} {...keepEscape}>
          Cancel
        </Button>
        <Button onClick={add} data-autofocus {...keepEscape}>
          Go to your passkeys
        </Button>
      </Group>
    </Stack>
  )
}
