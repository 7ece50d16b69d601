import { expect, test } from 'vitest'
import { readTrail, searchWith } from './list-params.ts'

test('a change keeps what it does not name and takes away what is empty', () => {
  const params = new URLSearchParams('search=adele&status=active&cursor=abc')
  expect(searchWith(params, { status: 'suspended', cursor: undefined })).toBe(
    '?search=adele&status=suspended',
  )
  expect(searchWith(params, { search: '', status: '', cursor: '' })).toBe('')
})

test('the trail of pages survives only as a list of cursors', () => {
  expect(readTrail({ trail: ['', 'abc'] })).toEqual(['', 'abc'])
  expect(readTrail({ trail: [1] })).toBeNull()
  expect(readTrail(null)).toBeNull()
})
