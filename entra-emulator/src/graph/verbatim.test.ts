import { expect, test } from 'vitest'
import { verbatim, writeJson } from './verbatim.ts'

test('what no value is written as is written as it is, however deep in an answer', () => {
  const deep = '['.repeat(10_000) + ']'.repeat(10_000)
  expect(writeJson({ value: [verbatim('1e400'), 1, verbatim(deep)] })).toBe(`{"value":[1e400,1,${deep}]}`)
  expect(writeJson({ body: { value: [verbatim('{"__proto__":"\\ud83d"}')] } })).toBe(
    '{"body":{"value":[{"__proto__":"\\ud83d"}]}}',
  )
})

test('other answers are written as JSON is, also with the private character in them', () => {
  expect(writeJson({ displayName: 'a \ue000 b', none: undefined })).toBe('{"displayName":"a \ue000 b"}')
})
