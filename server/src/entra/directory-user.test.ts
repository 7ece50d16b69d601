import { describe, expect, it } from 'vitest'
import { readDirectoryUser } from './directory-user.ts'

const adele = {
  id: '87d349ed-44d7-43e1-9a83-5f2406dee5bd',
  displayName: 'Adele Vance',
  givenName: 'Adele',
  surname: 'Vance',
  mail: 'AdeleV@contoso.com',
  userPrincipalName: 'AdeleV@contoso.com',
  jobTitle: 'Retail Manager',
  department: 'Retail',
  employeeId: '00042',
  officeLocation: '18/2111',
  mobilePhone: '+1 425 555 0109',
  preferredLanguage: 'en-US',
  accountEnabled: true,
  userType: 'Member',
}
const { id, ...attributes } = adele

describe('a directory user', () => {
  it('is read as Entra has it', () => {
    expect(readDirectoryUser(adele)).toEqual({ objectId: id, ...attributes, altered: [] })
  })

  it('has an object id in lower case, and no other properties than those imported', () => {
    const read = readDirectoryUser({
      ...adele,
      id: id.toUpperCase(),
      aboutMe: 'x',
      ['__proto__']: { admin: true },
    })
    expect(read).toEqual({ objectId: id, ...attributes, altered: [] })
  })

  it.each([
    ['absent', undefined],
    ['null', null],
    ['not a boolean', 'false'],
  ])('is of unknown state, not disabled, where accountEnabled is %s', (_what, accountEnabled) => {
    expect(readDirectoryUser({ ...adele, accountEnabled })).toMatchObject({ accountEnabled: null })
  })

  it.each([
    ['NUL', 'Ade\u0000le', 'Ade\uFFFDle'],
    ['a lone surrogate', 'Adele \uD83D', 'Adele \uFFFD'],
    ['3,000 characters', 'é'.repeat(3_000), 'é'.repeat(1_024)],
    ['3,000 emoji', '😀'.repeat(3_000), '😀'.repeat(1_024)],
  ])('loses %s from a text, and says so', (_what, displayName, cleaned) => {
    expect(readDirectoryUser({ ...adele, displayName })).toMatchObject({
      displayName: cleaned,
      altered: ['displayName'],
    })
  })

  it.each(['', '   ', '\u200B\u200D\uFEFF', '\u0007', '\u00AD', '\u3164\u115F\uFFA0', '\u2800'])(
    'has no name where nothing of it is visible: %j',
    (displayName) => {
      expect(readDirectoryUser({ ...adele, displayName })).toMatchObject({ displayName: null })
    },
  )

  it('keeps markup, formulas and leading zeros as text', () => {
    const odd = {
      displayName: '<script>',
      jobTitle: '=HYPERLINK("x")',
      employeeId: '007',
      department: 'null',
    }
    expect(readDirectoryUser({ ...adele, ...odd })).toMatchObject({ ...odd, altered: [] })
  })

  it('has only a language that looks like one', () => {
    expect(readDirectoryUser({ ...adele, preferredLanguage: 'zh-Hant-TW' })).toMatchObject({
      preferredLanguage: 'zh-Hant-TW',
      altered: [],
    })
    expect(readDirectoryUser({ ...adele, preferredLanguage: '../../x' })).toMatchObject({
      preferredLanguage: null,
      altered: ['preferredLanguage'],
    })
  })

  it.each([
    ['no record', null, { objectId: null, displayName: null }],
    ['no object id', { ...adele, id: undefined }, { objectId: null, displayName: 'Adele Vance' }],
    ['an object id that is a path', { ...adele, id: '../users' }, { objectId: '../users' }],
    ['a number for a text', { ...adele, department: 7 }, { objectId: id, displayName: 'Adele Vance' }],
    ['a list for an address', { ...adele, mail: [] }, { objectId: id }],
    ['an address of 321 characters', { ...adele, mail: `${'a'.repeat(309)}@contoso.com` }, { objectId: id }],
    ['no userPrincipalName', { ...adele, userPrincipalName: null }, { objectId: id }],
  ])('cannot be imported with %s, and says why', (_what, raw, expected) => {
    const read = readDirectoryUser(raw)
    expect(read).toMatchObject({ ...expected, invalid: expect.stringMatching(/^[A-Z].*\.$/) })
  })
  it('that cannot be imported has a name cut between characters, too', () => {
    const read = readDirectoryUser({
      ...adele,
      displayName: `x${'🦊'.repeat(1_100)}`,
      userPrincipalName: null,
    })
    expect(read.displayName).toBe(`x${'🦊'.repeat(1_023)}`)
  })
})
