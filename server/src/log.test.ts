import { expect, test } from 'vitest'
import { createLog } from './log.ts'

/** Everything that ends a line, moves a cursor, colours, or turns the direction of writing. */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

test('the log leaves out what opens doors, at the top and further in', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  log.info({ token: 'canary', connection: { clientSecret: 'canary', name: 'Contoso' } }, 'connected')
  log.info({ req: { headers: { authorization: 'canary', cookie: 'canary' } } }, 'asked')
  expect(lines.join()).toContain('Contoso')
  expect(lines.join()).not.toContain('canary')
})

test('nothing that a name holds begins a line of its own or is obeyed by a terminal', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  const hostile =
    'Adele\r\n{"level":50,"msg":"forged"}\x1b[2J\x1b]0;title\x07\x7f\x9b31m\x85\u2028\u2029\u202egnp.exe\u2066\u061c\u200f\u{e0041}\ufeff\0'
  log.info({ name: hostile, [hostile]: { deep: [hostile] }, err: new Error(hostile) }, hostile)
  expect(lines).toHaveLength(1)
  const [line] = lines
  expect(line!.endsWith('}\n')).toBe(true)
  expect(line!.slice(0, -1)).not.toMatch(obeyed)
  const parsed = JSON.parse(line!)
  expect(parsed).toMatchObject({ level: 30, name: hostile, msg: hostile, err: { message: hostile } })
  expect(parsed[hostile]).toEqual({ deep: [hostile] })
})
