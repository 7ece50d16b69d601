import { describe, expect, it } from 'vitest'
import { fieldErrors, initialFields, refusedFields } from './connection-fields.ts'

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
      { field: 'secret', message: 'Enter the client secret’s Value.' },
    ])
  })
  it('explains what a tenant looks like where it is neither a GUID nor a domain', () => {
    expect(fieldErrors({ ...typed, tenant: 'contoso' })[0]?.message).toContain('such as contoso.com')
  })
  it('asks for no secret where the panel makes a certificate', () => {
    expect(fieldErrors({ ...typed, credential: 'certificate', secret: '' })).toEqual([])
  })
  it('starts with the demo’s values in the demo', () => {
    const demo = { tenant: 'contoso.com', clientId: typed.clientId, clientSecret: 'demo' }
    expect(fieldErrors(initialFields(demo))).toEqual([])
  })
  it('shows the server’s refusal beside the field it names', () => {
    const problem = {
      type: 'about:blank',
      title: 'Bad request',
      status: 400,
      code: 'credential_looks_like_id' as const,
      detail: 'That looks like the Secret ID.',
      requestId: 'r1',
      fields: [{ field: 'credential.secret', message: 'Paste the secret’s Value, not its ID.' }],
    }
    expect(refusedFields(problem, typed)).toEqual([
      { field: 'secret', message: 'Paste the secret’s Value, not its ID.' },
    ])
  })
})
