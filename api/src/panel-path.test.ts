import { expect, test } from 'vitest'
import { panelPath } from './panel-path.ts'

test.each([
  '/',
  '/users',
  '/imports/new/connect',
  '/connections/0199aaaa-0000-7000-8000-000000000001',
  '/users?group=0199aaaa-0000-7000-8000-000000000001&source=entra',
  '/users?search=a%20b',
])('%j is a path of the panel', (path) => {
  expect(panelPath.parse(path)).toBe(path)
})

test.each([
  '',
  'users',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\\/evil.example',
  '/users//evil.example',
  '/%2f/evil.example',
  '/%2F%2Fevil.example',
  '/%5cevil.example',
  '/%5Cevil.example',
  '/%09//evil.example',
  '%09//evil.example',
  '/%09/evil.example',
  '/\t/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '/\n/evil.example',
  '/users\n',
  '/\r\nLocation: https://evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/\0/evil.example',
  '/./evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/../evil.example',
  '/users/..//evil.example',
  '/%2e%2e//evil.example',
  '/;@evil.example',
  '/@evil.example',
  '@evil.example',
  '.evil.example',
  ':80@evil.example',
  '/users#//evil.example',
  '/\u2215evil.example',
  '/\u29f8/evil.example',
  '/\uff0fevil.example',
  '/\u3002evil.example',
  '/\uff3cevil.example',
  '/\u202e/elpmaxe.live',
  'https://evil.example',
  'https:evil.example',
  'https:/evil.example',
  'HTTPS://evil.example',
  'http://localhost:8080',
  'http://localhost:8080@evil.example',
  'javascript:alert(1)',
  '/javascript:alert(1)',
  'data:text/html,x',
  `/${'a'.repeat(500)}`,
])('%j is none', (path) => {
  expect(panelPath.safeParse(path).success).toBe(false)
})

test('whatever passes stays on the panel, however an address is made of it', () => {
  for (const path of ['/', '/users', '/users?search=//evil.example&x=%2f%2fevil.example']) {
    expect(panelPath.safeParse(path).success).toBe(true)
    expect(new URL(path, 'https://keys.contoso.com').origin).toBe('https://keys.contoso.com')
    expect(new URL(`https://keys.contoso.com${path}`).origin).toBe('https://keys.contoso.com')
  }
})
