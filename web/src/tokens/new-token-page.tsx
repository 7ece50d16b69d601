import { type createdToken, createToken } from '@keyroster/api/tokens.ts'
import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Fieldset,
  Group,
  NativeSelect,
  Stack,
  Text,
  TextInput,
} from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { type SubmitEvent, useState } from 'react'
import { Link } from 'react-router'
import type { z } from 'zod'
import { formatDay, formatMoment } from '../format.ts'
import { paths } from '../paths.ts'
import { useWhyNot } from '../session/may.ts'
import { CopyValue } from '../ui/copy-value.tsx'
import { Page } from '../ui/page.tsx'
import { ErrorSummary, messageFor, ProblemAlert } from '../ui/problem.tsx'
import { type FormErrors, useFormErrors } from '../ui/use-form-errors.ts'
import { type Scope, scopeGroups, scopeWords, useCreateToken } from './tokens.ts'

/** Creates a token and shows its secret this once. */
export function NewTokenPage() {
  const create = useCreateToken()
  const form = useFormErrors(createToken, create.error, words)
  return (
    <Page
      title={form.errors.length > 0 || create.isError ? 'Error: Create a token' : 'Create a token'}
      heading="Create a token"
      width="text"
      parent={
        <Anchor component={Link} to={paths.tokens()} size="sm">
          API tokens
        </Anchor>
      }
    >
      {create.data ? <Created {...create.data} /> : <TokenForm create={create} {...form} />}
    </Page>
  )
}

const lifetimes = [7, 30, 90, 180, 365]
const day = 86_400_000

type TokenFormProps = FormErrors<z.infer<typeof createToken>> & { create: ReturnType<typeof useCreateToken> }

function TokenForm({ create, errors, check }: TokenFormProps) {
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<Scope[]>([])
  const [days, setDays] = useState(90)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const body = check({ name, scopes, days })
    if (body) create.mutate(body)
  }
  const toggle = (scope: Scope, chosen: boolean) =>
    setScopes((before) => (chosen ? [...before, scope] : before.filter((other) => other !== scope)))
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        <ErrorSummary errors={errors} />
        {errors.length === 0 && <ProblemAlert error={create.error} title="No token was created" />}
        <TextInput
          id="name"
          label="Name"
          description="Such as the script that uses it"
          value={name}
          maxLength={60}
          autoComplete="off"
          error={messageFor(errors, 'name')}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Stack gap="sm" id="scopes" tabIndex={-1} role="group" aria-labelledby="scopes-label">
          <div>
            <Text fw={500} id="scopes-label">
              What it may do
            </Text>
            <Text size="xs" c="dimmed">
              As little as the script needs.
            </Text>
          </div>
          {messageFor(errors, 'scopes') && (
            <Text c="var(--mantine-color-error)" size="xs">
              {messageFor(errors, 'scopes')}
            </Text>
          )}
          {scopeGroups.map((group) => (
            <Fieldset key={group.title} legend={group.title}>
              <Stack gap="xs">
                {group.scopes.map((scope) => (
                  <ScopeChoice
                    key={scope}
                    scope={scope}
                    chosen={scopes.includes(scope)}
                    onChange={(chosen) => toggle(scope, chosen)}
                  />
                ))}
              </Stack>
            </Fieldset>
          ))}
        </Stack>
        <NativeSelect
          id="days"
          label="Expires"
          description={`On ${formatDay(new Date(Date.now() + days * day).toISOString())}. A year is the longest.`}
          value={String(days)}
          onChange={(event) => setDays(Number(event.currentTarget.value))}
          data={lifetimes.map((count) => ({
            value: String(count),
            label: count === 365 ? 'In a year' : `In ${count} days`,
          }))}
          maw="16rem"
        />
        <Group gap="xs">
          <Button type="submit" loading={create.isPending}>
            Create token
          </Button>
          <Button variant="default" component={Link} to={paths.tokens()}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

const words = {
  name: 'Enter a name.',
  scopes: 'Choose at least one thing that it may do.',
}

type ScopeChoiceProps = { scope: Scope; chosen: boolean; onChange: (chosen: boolean) => void }

/** What one's role may not do, no token of one's own may. */
function ScopeChoice({ scope, chosen, onChange }: ScopeChoiceProps) {
  const refused = useWhyNot(scope)
  return (
    <Checkbox
      label={scopeWords[scope]}
      description={refused}
      disabled={refused !== null}
      checked={chosen}
      onChange={(event) => onChange(event.currentTarget.checked)}
    />
  )
}

function Created({ token, secret }: z.infer<typeof createdToken>) {
  return (
    <Stack gap="lg" align="flex-start">
      <Alert
        color="green"
        role="status"
        icon={<IconCircleCheck aria-hidden />}
        title={
          <>
            <bdi>{token.name}</bdi> is created
          </>
        }
      >
        <Text>
          Copy the token now and keep it where the script finds it: it is not shown again. It expires on{' '}
          {formatMoment(token.expiresAt)}.
        </Text>
      </Alert>
      <CopyValue value={secret} name="the token" />
      <Button component={Link} to={paths.tokens()}>
        Done
      </Button>
    </Stack>
  )
}
