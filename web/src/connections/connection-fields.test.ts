import { createConnection } from '@keyroster/api/connections.ts'
import { describe, expect, it } from 'vitest'
import { fieldErrorsIn } from '../ui/use-form-errors.ts'
import { type ConnectionFields, connectionBody, initialFields, wordsFor } from './connection-fields.ts'

function fieldErrors(fields: ConnectionFields) {
  const { error } = createConnection.safeParse(connectionBody(fields))
  return error ? fieldErrorsIn(error, wordsFor(fields)) : []
}

const typed = {
  ...initialFields(null),
  tenant: 'contoso.com',
  clientId: '11111111-2222-3333-4444-555555555555',
  secret: 'abc~def',
}

describe('the connect form', () => {
  it('accepts a domain or an id as the tenant', () => {
    expect(fieldErrors(typed)).toEqual([])
    expect(fieldErrors({ ...typed, tenant: typed.clientId })).toEqual([])
  })
  it('says what to enter where a field is empty, in the order of the form', () => {
    expect(fieldErrors(initialFields(null))).toEqual([
      { field: 'tenant', message: 'Enter the directory (tenant) ID or one of its domains.' },
      { field: 'clientId', message: 'Enter the application (client) ID.' },
      { field: 'credential.secret', message: 'Enter the client secret’s Value.' },
    ])
  })
  it('explains what a tenant looks like where it is neither a GUID nor a domain', () => {
    expect(fieldErrors({ ...typed, tenant: 'contoso' })[0]?.message).toContain('such as contoso.com')
  })
  it('says one thing of a field that breaks two rules', () => {
    expect(fieldErrors({ ...typed, tenant: 'x'.repeat(300) })).toHaveLength(1)
  })
  it('asks for no secret where the panel makes a certificate', () => {
    expect(fieldErrors({ ...typed, credential: 'certificate', secret: '' })).toEqual([])
  })
  it('starts with the demo’s values in the demo', () => {
    const demo = { tenant: 'contoso.com', clientId: typed.clientId, clientSecret: 'demo' }
    expect(fieldErrors(initialFields(demo))).toEqual([])
  })
})
