import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'

test('the sample tenant on any free port is the default', () => {
  expect(readCommandLine([])).toMatchObject({
    kind: 'start',
    options: { seed: 'contoso', port: undefined, throttle: true },
  })
})

test('the tenant of hostile data is asked for by name', () => {
  expect(readCommandLine(['--tenant', 'hostile'])).toMatchObject({ options: { seed: 'hostile' } })
})

test('a generated tenant takes its size and seed from flags', () => {
  expect(readCommandLine(['--users', '100000', '--groups', '500', '--seed', '7'])).toMatchObject({
    options: { seed: { users: 100_000, groups: 500, seed: 7 } },
  })
})

test('redirect addresses can be given several times', () => {
  const args = [
    '--redirect-uri',
    'http://localhost:1/a',
    '--redirect-uri',
    'http://localhost:2/b',
    '--granted',
  ]
  expect(readCommandLine(args)).toMatchObject({
    options: { redirectUris: ['http://localhost:1/a', 'http://localhost:2/b'], granted: true },
  })
})

test.each([
  [['--user', '5'], "Unknown option '--user'"],
  [['--users', 'many'], "--users takes a whole number from 0 to 10000000, not 'many'."],
  [['--port', '70000'], "--port takes a whole number from 0 to 65535, not '70000'."],
  [['--tenant', 'fabrikam'], "There is no tenant 'fabrikam'. Choose contoso or hostile"],
  [['--tenant', 'toString'], "There is no tenant 'toString'."],
  [['--tenant', 'contoso', '--users', '5'], 'Choose either --tenant or --users.'],
  [['--groups', '5'], '--groups needs --users'],
  [['--redirect-uri', 'localhost'], "--redirect-uri takes a whole URL, not 'localhost'."],
  [['--ca-file', 'ca.pem'], '--ca-file only makes sense with --https.'],
  [['extra'], "Unexpected argument 'extra'"],
])('%j is refused with a sentence', (args, sentence) => {
  expect(readCommandLine(args)).toEqual({ kind: 'problem', problem: expect.stringContaining(sentence) })
})

test('help is asked for with --help or -h', () => {
  expect(readCommandLine(['--help'])).toEqual({ kind: 'help' })
  expect(readCommandLine(['-h'])).toEqual({ kind: 'help' })
})
