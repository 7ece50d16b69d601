import type { ConnectionSetup, CreateConnection } from '@keyroster/api/connections.ts'
import type { FieldWords } from '../ui/use-form-errors.ts'

/** What is typed into the connect form; the secret is sent once and never comes back. */
export type ConnectionFields = {
  cloud: NonNullable<CreateConnection['cloud']>
  tenant: string
  clientId: string
  credential: 'secret' | 'certificate'
  secret: string
}

type CredentialChoice = Pick<ConnectionFields, 'credential' | 'secret'>

/** An empty form, or the demo's values where the panel runs with its sample tenant. */
export const initialFields = (demo: ConnectionSetup['demo']): ConnectionFields => ({
  cloud: 'global',
  tenant: demo?.tenant ?? '',
  clientId: demo?.clientId ?? '',
  credential: 'secret',
  secret: demo?.clientSecret ?? '',
})

/** The body of POST /api/connections. */
export const connectionBody = (fields: ConnectionFields): CreateConnection => ({
  cloud: fields.cloud,
  tenant: fields.tenant,
  clientId: fields.clientId,
  credential: credentialBody(fields),
})

export const credentialBody = (fields: CredentialChoice): CreateConnection['credential'] =>
  fields.credential === 'secret' ? { kind: 'secret', secret: fields.secret } : { kind: 'certificate' }

/** What to enter where a field is empty; of a field with something in it the schema says better what is wrong. */
export const wordsFor = (fields: Partial<ConnectionFields>): FieldWords => ({
  ...(isEmpty(fields.tenant) && { tenant: 'Enter the directory (tenant) ID or one of its domains.' }),
  ...(isEmpty(fields.clientId) && { clientId: 'Enter the application (client) ID.' }),
  ...(isEmpty(fields.secret) && { 'credential.secret': 'Enter the client secret’s Value.' }),
})

const isEmpty = (typed: string | undefined) => typed?.trim() === ''
