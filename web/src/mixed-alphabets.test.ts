import { describe, expect, test } from 'vitest'
import { mixesAlphabets } from './mixed-alphabets.ts'

describe('words that may pass for others are found', () => {
  test.each([['pаypal'], ['Adele Vаnce'], ['adele@cоntoso.com'], ['Αdele'], ['аdele']])('%s', (text) => {
    expect(mixesAlphabets(text)).toBe(true)
  })
})

describe('words as people write them are left alone', () => {
  test.each([
    ['Adele Vance'],
    ['Łukasz Żółć'],
    ['Иван Петров'],
    ['Иван Petrov'],
    ['иван@contoso.com'],
    ['Νίκος'],
    ['10 µm'],
    ['田中 Taro'],
    ['Adele 王'],
  ])('%s', (text) => {
    expect(mixesAlphabets(text)).toBe(false)
  })
})
