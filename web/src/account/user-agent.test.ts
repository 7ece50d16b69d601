import { expect, test } from 'vitest'
import { deviceOf } from './user-agent.ts'

test('a browser is called by its own name, not by those it imitates', () => {
  const like = 'AppleWebKit/537.36 (KHTML, like Gecko)'
  expect(
    deviceOf(`Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${like} Chrome/140.0.0.0 Safari/537.36 Edg/140.0`),
  ).toBe('Edge on Windows')
  expect(deviceOf(`Mozilla/5.0 (X11; Linux x86_64) ${like} Chrome/140.0.0.0 Safari/537.36`)).toBe(
    'Chrome on Linux',
  )
  expect(
    deviceOf('Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0'),
  ).toBe('Firefox on macOS')
  expect(
    deviceOf(
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1',
    ),
  ).toBe('Safari on iPhone')
})

test('what says nothing of itself is unknown', () => {
  expect(deviceOf(null)).toBe('Unknown browser')
  expect(deviceOf('curl/8.5.0')).toBe('Unknown browser')
})
