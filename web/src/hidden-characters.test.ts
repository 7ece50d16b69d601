import { describe, expect, test } from 'vitest'
import { hasHiddenCharacters } from './hidden-characters.ts'

describe('names that hide something are found', () => {
  test.each([
    ['a right-to-left override', 'gpj.exe\u202etxt'],
    ['an isolate', 'Adele \u2066Vance\u2069'],
    ['a zero-width space', 'Ad\u200bele'],
    ['a byte order mark', '\ufeffAdele'],
    ['a zero-width joiner between Latin letters', 'Ad\u200dele'],
    ['a joiner at the end', 'Adele\u200d'],
    ['a soft hyphen', 'Ad\u00adele'],
    ['a tag character', 'Adele\u{e0041}'],
    ['a Hangul filler used as an empty name', '\u3164'],
    ['a control character', 'Adele\u0007'],
  ])('%s', (_, name) => {
    expect(hasHiddenCharacters(name)).toBe(true)
  })
})

describe('names as people write them are left alone', () => {
  test.each([
    ['Adele Vance'],
    ['Łukasz Żółć-O’Neil'],
    ['مریم حسینی'],
    ['دانشجوی\u200cها'],
    ['क्\u200dष'],
    ['田中 太郎'],
    ['Team 👩\u200d💻'],
    ['שרה כהן'],
  ])('%s', (name) => {
    expect(hasHiddenCharacters(name)).toBe(false)
  })
})
