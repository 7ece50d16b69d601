import { PasswordInput, Radio, Stack } from '@mantine/core'
import { type FieldError, messageFor } from '../ui/problem.tsx'
import type { ConnectionFields } from './connection-fields.ts'

type Credential = Pick<ConnectionFields, 'credential' | 'secret'>
type Props = { fields: Credential; errors: FieldError[]; onChange: (some: Partial<Credential>) => void }

/** How the panel proves itself to Microsoft: a pasted secret, or a key pair it makes itself. */
export function CredentialFields({ fields, errors, onChange }: Props) {
  return (
    <>
      <Radio.Group
        label="How the panel proves itself to Microsoft"
        value={fields.credential}
        onChange={(value) => onChange({ credential: value === 'certificate' ? 'certificate' : 'secret' })}
      >
        <Stack gap="sm" mt="xs">
          <Radio
            value="certificate"
            label="Certificate, made by the panel"
            description="Safer: the private key never leaves this server. You upload the public part to Entra after saving."
          />
          <Radio
            value="secret"
            label="Client secret"
            description="Quicker: you paste it here. It is stored encrypted and never shown again."
          />
        </Stack>
      </Radio.Group>
      {fields.credential === 'secret' && (
        <PasswordInput
          id="credential.secret"
          label="Client secret"
          description="The secret’s Value, not its Secret ID"
          value={fields.secret}
          error={messageFor(errors, 'credential.secret')}
          onChange={(event) => onChange({ secret: event.currentTarget.value })}
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show or hide the secret', tabIndex: 0 }}
        />
      )}
    </>
  )
}
