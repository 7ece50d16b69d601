import { type AuditRetention, auditRetention } from '@keyroster/api/audit.ts'
import { Group, NumberInput, Radio, Skeleton, Stack, Switch } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQuery } from '@tanstack/react-query'
import { type SubmitEvent, useState } from 'react'
import { useWhyNot } from '../session/may.ts'
import { DeedButton } from '../ui/deed-button.tsx'
import { Page } from '../ui/page.tsx'
import { ProblemAlert } from '../ui/problem.tsx'
import { Section } from '../ui/section.tsx'
import { retentionQuery, signInQuery, useSaveRetention, useSaveSignIn } from './settings.ts'

/** What holds for the whole workspace. */
export function SettingsPage() {
  const signIn = useQuery(signInQuery)
  const retention = useQuery(retentionQuery)
  return (
    <Page title="Settings" width="text">
      <Section title="Signing in">
        <ProblemAlert
          error={signIn.error}
          title="How people sign in could not be loaded"
          onRetry={() => signIn.refetch()}
        />
        {signIn.isPending && <Skeleton h={80} />}
        {signIn.data && <SignInForm microsoft={signIn.data.microsoft} />}
      </Section>
      <Section title="Audit log">
        <ProblemAlert
          error={retention.error}
          title="How long events are kept could not be loaded"
          onRetry={() => retention.refetch()}
        />
        {retention.isPending && <Skeleton h={120} />}
        {retention.data && <RetentionForm days={retention.data.days} />}
      </Section>
    </Page>
  )
}

function SignInForm({ microsoft }: { microsoft: boolean }) {
  const [on, setOn] = useState(microsoft)
  const save = useSaveSignIn()
  const refused = useWhyNot('settings.edit')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    save.mutate({ microsoft: on }, { onSuccess: () => notifications.show({ message: 'Signing in saved' }) })
  }
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <ProblemAlert error={save.error} title="Signing in was not changed" />
        <Switch
          label="Sign in with Microsoft"
          description="People may sign in with the Microsoft account that they bound under Your account. Only accounts of a connected tenant work."
          checked={on}
          disabled={refused !== null}
          onChange={(event) => setOn(event.currentTarget.checked)}
        />
        <Group>
          <DeedButton type="submit" variant="default" unavailable={refused} loading={save.isPending}>
            Save signing in
          </DeedButton>
        </Group>
      </Stack>
    </form>
  )
}

function RetentionForm({ days }: AuditRetention) {
  const [forever, setForever] = useState(days === null)
  const [typed, setTyped] = useState<string | number>(days ?? 365)
  const [wrong, setWrong] = useState(false)
  const save = useSaveRetention()
  const refused = useWhyNot('settings.edit')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const parsed = auditRetention.safeParse({ days: forever ? null : typed })
    setWrong(!parsed.success)
    if (!parsed.success) return document.getElementById('days')?.focus()
    save.mutate(parsed.data, { onSuccess: () => notifications.show({ message: 'Audit log saved' }) })
  }
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        <ProblemAlert error={save.error} title="The audit log was not changed" />
        <Radio.Group
          label="How long events are kept"
          value={forever ? 'forever' : 'days'}
          onChange={(value) => setForever(value === 'forever')}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="forever" label="For ever" disabled={refused !== null} />
            <Radio
              value="days"
              label="For some days"
              description="Older ones are removed, which is recorded too."
              disabled={refused !== null}
            />
          </Stack>
        </Radio.Group>
        {!forever && (
          <NumberInput
            id="days"
            label="Days"
            description="90 at least"
            value={typed}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            disabled={refused !== null}
            error={wrong && 'Enter a number of days from 90 to 36,500.'}
            onChange={setTyped}
            maw="10rem"
          />
        )}
        <Group>
          <DeedButton type="submit" variant="default" unavailable={refused} loading={save.isPending}>
            Save audit log
          </DeedButton>
        </Group>
      </Stack>
    </form>
  )
}
