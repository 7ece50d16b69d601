import {
  type ConnectionSetup,
  type CreateConnection,
  createConnection,
  updateConnection,
} from '@keyroster/api/connections.ts'
import type { Problem } from '@keyroster/api/problem.ts'
import type { z } from 'zod'
import type { FieldError } from '../ui/problem.tsx'

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

const emptyMessages: Partial<Record<keyof ConnectionFields, string>> = {
  tenant: 'Enter the directory (tenant) ID or one of its domains.',
  clientId: 'Enter the application (client) ID.',
  secret: 'Enter the client secret’s Value.',
}

/** What must be mended before the form can be sent, in the order of the fields. */
export function fieldErrors(fields: ConnectionFields): FieldError[] {
  const parsed = createConnection.safeParse(connectionBody(fields))
  return parsed.success ? [] : inOrder(issuesOf(parsed.error), fields)
}

/** The same for a credential that replaces another. */
export function credentialErrors(fields: CredentialChoice): FieldError[] {
  const parsed = updateConnection.safeParse({ credential: credentialBody(fields) })
  return parsed.success ? [] : inOrder(issuesOf(parsed.error), fields)
}

/** The fields that the server refused, where it named any. */
export const refusedFields = (problem: Problem, fields: Partial<ConnectionFields>): FieldError[] =>
  inOrder(problem.fields ?? [], fields)

const issuesOf = (error: z.ZodError): FieldError[] =>
  error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))

const order = ['cloud', 'tenant', 'clientId', 'credential', 'secret'] as const

function inOrder(issues: FieldError[], fields: Partial<ConnectionFields>): FieldError[] {
  return order.flatMap((field) => {
    const issue = issues.find((issue) => issue.field.split(/[./]/).at(-1) === field)
    if (!issue) return []
    const isEmpty = (fields[field] ?? '').trim() === ''
    return [{ field, message: (isEmpty && emptyMessages[field]) || issue.message }]
  })
}
