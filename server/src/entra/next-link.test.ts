import { describe, expect, it } from 'vitest'
import { resolveLink } from './next-link.ts'

const graph = 'https://graph.microsoft.com'

describe('a next link', () => {
  it('is followed as it is where it leads to the connection’s own Graph', () => {
    const link = `${graph}/v1.0/users?$select=id%2cdisplayName&$top=3&$skiptoken=RFNwdAIAAQ`
    expect(resolveLink(graph, link).href).toBe(link)
    expect(resolveLink(graph, '/users?$top=999').href).toBe(`${graph}/v1.0/users?$top=999`)
  })

  it.each([
    'https://evil.example/v1.0/users',
    'https://graph.microsoft.com.evil.example/v1.0/users',
    'https://graph.microsoft.com@evil.example/v1.0/users',
    'https://me:secret@graph.microsoft.com/v1.0/users',
    'https://graph.microsoft.com:8443/v1.0/users',
    'https://gr\u0430ph.microsoft.com/v1.0/users',
    'http://graph.microsoft.com/v1.0/users',
    'ftp://graph.microsoft.com/v1.0/users',
    'https://graph.microsoft.com/beta/users',
    'https://graph.microsoft.com/v1.0/../beta/users',
    'https://graph.microsoft.com/v1.0/%2e%2e/beta/users',
    'https://graph.microsoft.com/v1.0',
    'https://graph.microsoft.us/v1.0/users',
    'javascript:alert(1)',
    'users',
    '',
    '/../beta/users',
  ])('is refused: %s', (link) => {
    expect(() => resolveLink(graph, link)).toThrow(expect.objectContaining({ code: 'next_link_refused' }))
  })
})
