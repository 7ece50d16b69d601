import { Alert, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconExternalLink } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useSearchParams } from 'react-router'
import { paths } from '../paths.ts'
import { requestNothing } from '../request.ts'
import { useLeaveForMicrosoft, waysQuery } from '../session/microsoft.ts'
import { MicrosoftReturn } from '../session/microsoft-return.tsx'
import { sessionKey } from '../session/session.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { Section } from '../ui/section.tsx'

/** Ties one's Microsoft account to this one, where the workspace lets admins sign in with it. */
export function MicrosoftAccount({ bound }: { bound: boolean }) {
  const ways = useQuery(waysQuery)
  const [params] = useSearchParams()
  const bind = useLeaveForMicrosoft('/api/session/microsoft/bind')
  const unbind = useUnbind()
  if (!ways.data?.microsoft && !bound) return null
  const tenants = ways.data?.tenants ?? []
  return (
    <Section
      title="Microsoft account"
      description={
        bound
          ? 'Your Microsoft account is bound to this one and signs you in.'
          : 'Bind your Microsoft account, and Sign in with Microsoft knows you. Deeds that need a passkey still do.'
      }
    >
      <MicrosoftReturn problem={params.get('problem')} title="Your Microsoft account was not bound" />
      {params.get('microsoft') === 'bound' && bound && (
        <Alert color="green" role="status">
          <Text>Your Microsoft account is bound.</Text>
        </Alert>
      )}
      <ProblemAlert error={bind.error} title="Microsoft could not be opened" />
      <ProblemAlert error={unbind.error} title="Your Microsoft account is still bound" />
      <Group gap="xs">
        {bound ? (
          <DeedButton variant="default" loading={unbind.isPending} onClick={() => unbind.mutate()}>
            Unbind the Microsoft account
          </DeedButton>
        ) : (
          tenants.map(({ connectionId, name }) => (
            <DeedButton
              key={connectionId}
              variant="default"
              loading={bind.isPending || bind.isSuccess}
              rightSection={<IconExternalLink size={16} aria-hidden />}
              onClick={() => bind.mutate({ returnTo: paths.account(), connectionId })}
            >
              {tenants.length > 1 ? `Bind an account of ${name}` : 'Bind a Microsoft account'}
            </DeedButton>
          ))
        )}
      </Group>
    </Section>
  )
}

function useUnbind() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => requestNothing('/api/session/microsoft', { method: 'DELETE' }),
    onSuccess: async () => {
      notifications.show({ message: 'Microsoft account unbound' })
      await client.invalidateQueries({ queryKey: sessionKey })
    },
  })
}
