import { describe, expect, it } from 'vitest'
import { foldEmail, foldName, searchText } from './fold.ts'

describe('folding an email', () => {
  it.each([
    ['Adele@Contoso.com', 'adele@contoso.com'],
    ['User+Tag@contoso.com', 'user+tag@contoso.com'],
    ["o'brien@contoso.com", "o'brien@contoso.com"],
    ['info@bücher.example', 'info@xn--bcher-kva.example'],
    ['info@xn--bcher-kva.example', 'info@xn--bcher-kva.example'],
    ['"a@b"@contoso.com', '"a@b"@contoso.com'],
  ])('compares %s as %s', (email, folded) => expect(foldEmail(email)).toBe(folded))

  it.each([
    ['a Kelvin sign', '\u212Aim@contoso.com'],
    ['a dotless i', 'ıvan@contoso.com'],
    ['a long s', 'ſam@contoso.com'],
    ['a ligature', 'ﬁona@contoso.com'],
    ['no local part', '@contoso.com'],
    ['no domain', 'adele@'],
    ['no @', 'adele'],
    ['a local part over 64 characters', `${'a'.repeat(65)}@contoso.com`],
    ['two @', 'a@b@contoso.com'],
    ['a space', 'a b@contoso.com'],
  ])('never compares an email with %s', (_, email) => expect(foldEmail(email)).toBeNull())

  it('leaves nothing as nothing', () => expect(foldEmail(null)).toBeNull())
})

describe('folding a name', () => {
  it('lets invisible characters and case not count', () =>
    expect(foldName(' Ad\u200Bele VANCE ')).toBe('adele vance'))
  it('lets fillers not count, which are letters by name and nothing to the eye', () =>
    expect(foldName('\u3164\u115f\uffa0\u2800')).toBe(''))
  it('takes line breaks and rows of spaces for one space', () =>
    expect(foldName('Adele\r\n\t Vance\u00a0Berger')).toBe('adele vance berger'))
  it('keeps the sort key short enough for an index', () =>
    expect(Buffer.byteLength(foldName('\u{1F600}'.repeat(5000)))).toBeLessThan(2000))
  it('puts name, email and user principal name into what is searched', () =>
    expect(searchText('Adele', 'A@Contoso.com', null)).toBe('adele\na@contoso.com'))
})
