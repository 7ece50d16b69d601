import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('the log leaves out what opens doors, at the top and further in', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => lines.push(line) })
  log.info({ token: 'canary', connection: { clientSecret: 'canary', name: 'Contoso' } }, 'connected')
  log.info({ req: { headers: { authorization: 'canary', cookie: 'canary' } } }, 'asked')
  expect(lines.join()).toContain('Contoso')
  expect(lines.join()).not.toContain('canary')
})
