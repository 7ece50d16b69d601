import type { Connection } from '@keyroster/api/connections.ts'
import { Alert, Stack, Text } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconExternalLink } from '@tabler/icons-react'
import { useSearchParams } from 'react-router'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { useGrantAccess } from './connections.ts'
import { grantProblem } from './grant-problems.ts'

/** Says that one leaves for Microsoft and comes back, then goes there. `returnTo` is a path of the panel. */
export function GrantAccess({ connection, returnTo }: { connection: Connection; returnTo: string }) {
  const grant = useGrantAccess(connection.id)
  const again = connection.state !== 'draft'
  return (
    <Stack gap="sm" align="flex-start">
      <Text>
        You leave this panel for Microsoft, sign in as a <b>Privileged Role Administrator</b> or{' '}
        <b>Global Administrator</b> of <bdi>{connection.tenantName ?? connection.tenant}</bdi>, accept the
        three permissions, and come back here.
      </Text>
      <ProblemAlert error={grant.error} title="Microsoft could not be opened" />
      <DeedButton
        unavailable={useWhyNot('connections.edit')}
        variant={again ? 'default' : 'filled'}
        loading={grant.isPending || grant.isSuccess}
        onClick={() => grant.mutate(returnTo)}
        rightSection={<IconExternalLink size={16} aria-hidden />}
      >
        {again ? 'Grant access again' : 'Grant access'}
      </DeedButton>
    </Stack>
  )
}

/** What happened at Microsoft, told once after coming back. */
export function GrantReturn({ connection }: { connection: Connection }) {
  const [params] = useSearchParams()
  const problem = params.get('problem')
  if (problem !== null) {
    const { happened, next } = grantProblem(problem)
    return (
      <Alert color="red" role="alert" title="Access was not granted" icon={<IconAlertTriangle aria-hidden />}>
        <Text>
          {happened} {next}
        </Text>
      </Alert>
    )
  }
  if (params.get('granted') !== 'yes') return null
  return (
    <Alert color="green" role="status" title="Back from Microsoft" icon={<IconCircleCheck aria-hidden />}>
      <Text>
        {connection.state === 'connected' ? (
          <>
            Access to <bdi>{connection.tenantName ?? connection.tenant}</bdi> is granted, and every permission
            works.
          </>
        ) : (
          'Consent was given, but something is still missing: see the checks.'
        )}
      </Text>
    </Alert>
  )
}
