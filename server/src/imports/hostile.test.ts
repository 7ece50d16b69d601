import type { Page } from '@keyroster/api/page.ts'
import type { User } from '@keyroster/api/users.ts'
import type { DirectoryUser } from 'entra-emulator/directory'
import { HOSTILE_DOMAIN, hostileId } from 'entra-emulator/hostile-people'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCsv } from './test-csv.ts'
import { attributesOf, BY_HAND, createHostileImport, type HostileImport } from './test-hostile-import.ts'

let test: HostileImport
/** The report of the run, by object id. */
let csv: Map<string, Record<string, string>>
beforeAll(async () => {
  test = await createHostileImport()
  const { body: report } = await test.call<string>('GET', `/api/imports/${test.run.id}/report.csv`)
  const [head, ...lines] = readCsv(report.replace(/^\ufeff/, ''))
  csv = new Map(
    lines.map((line) => [
      line[head!.indexOf('Object ID')]!,
      Object.fromEntries(head!.map((name, at) => [name, line[at]!])),
    ]),
  )
})
afterAll(() => test.close())

const inDirectory = (key: string) => test.emulator.tenant.directory.user(hostileId(key))!
const found = async (typed: string) => {
  const { body } = await test.call<Page<User>>(
    'GET',
    `/api/users?limit=200&search=${encodeURIComponent(typed)}`,
  )
  return body.items.map((user) => user.userPrincipalName)
}

/** What no database keeps is one sign; all else is as it was. */
const stored = (text: string | null) => text?.toWellFormed().replaceAll('\0', '\ufffd') ?? null

/** How the directory has somebody whose name is visible and whose address is in `mail`. */
const asInDirectory = (user: DirectoryUser) => ({
  displayName: stored(user.displayName),
  email: stored(user.mail),
  userPrincipalName: stored(user.userPrincipalName),
  givenName: stored(user.givenName),
  surname: stored(user.surname),
  jobTitle: stored(user.jobTitle),
  department: stored(user.department),
  employeeId: stored(user.employeeId),
  officeLocation: stored(user.officeLocation),
  mobilePhone: stored(user.mobilePhone),
  accountEnabled: true,
})

/** What a spreadsheet computes, whatever stands before it. */
const COMPUTED = /^[\s\p{Cc}\p{Cf}]*[=+\-@＝＋－＠]/u
const FORMULAS = ['5', '6', '7', '8', '9', '10', '11']

describe('text of a directory is brought in as it is, shown, found and exported', () => {
  it.each([
    ['1', 'a script', '1', '<script>window'],
    ['2', 'an image that fails', '2', '"><img src=x'],
    ['3', 'templates', '3', '{{7*7}} \u0024{7*7}'],
    ['4', 'addresses that run', '4', 'javascript:window'],
    ['5', 'a leading =', '5', '=1+1 row 5'],
    ['6', 'a leading +', '6', '+1+1 row 6'],
    ['7', 'a leading -', '7', '-1+1 row 7'],
    ['8', 'a leading @', '8', '@SUM(1+1)'],
    ['9', 'a formula behind a tab', '9-tab', '=1+1 row 9'],
    ['9', 'a formula behind a carriage return', '9-cr', '=1+1 row 9'],
    ['9', 'a formula behind a line feed', '9-lf', '=1+1 row 9'],
    ['9', 'a formula behind a space', '9-space', '=1+1 row 9'],
    ['10', 'a full-width =', '10-equals', '=1+1 row 10'],
    ['10', 'a full-width +', '10-plus', '＋1+1 row 10'],
    ['10', 'a full-width -', '10-minus', '-1+1 row 10'],
    ['10', 'a full-width @', '10-at', '@sum(1+1) row 10'],
    ['11', 'a formula that links', '11-link', '=hyperlink("http'],
    ['11', 'a formula that runs a command', '11-dde', "=cmd|'/c calc'"],
    ['12', 'quotes, commas and semicolons', '12-quotes', '"quoted", with'],
    ['12', 'a line break', '12-crlf', 'first second line'],
    ['12', 'a line feed alone', '12-lf', 'first second line'],
    ['12', 'a carriage return alone', '12-cr', 'first second line'],
    ['12', 'a byte order mark', '12-bom', 'row 12 behind a mark'],
    ['13', 'NUL in every text', '13-texts', 'row 13 nul'],
    ['13', 'NUL in an address', '13-mail', 'row-13-'],
    ['13', 'NUL in a userPrincipalName', '13-upn', '-upn@hostile'],
    ['14', 'a lone high surrogate', '14-high', 'row 14 high'],
    ['14', 'a lone low surrogate', '14-low', 'row 14 low'],
    ['15', 'a thousand emoji', '15-whole', 'row 15 😀'],
    ['16', 'controls and terminal escapes', '16', 'row 16 [31mred'],
    ['17', 'a right-to-left override', '17-override', 'right-to-left gpj'],
    ['17', 'an isolate that is never closed', '17-isolate', 'isolate never closed'],
    ['18', 'invisible characters', '18-inside', 'row 18 zero width and soft hyphen'],
    ['19', 'letters that look like others in an address', '19-local', 'pаypal@'],
    ['19', 'letters that look like others in a domain', '19-domain', 'hоstile.example'],
    ['20', 'a name', '20-plain', 'row 20 twin'],
    ['20', 'the same name but for an invisible character', '20-hidden', 'row 20 twin'],
    ['21', 'five hundred marks on one letter', '21', 'row 21'],
    ['22', 'é in an address as one character', '22-nfc', 'josé@'],
    ['22', 'é in an address as two characters', '22-nfd', 'josé@'],
    ['23', 'a dotted capital i in an address', '23-dotted', 'İvan@'],
    ['23', 'a dotless i in an address', '23-dotless', 'ıvan@'],
    ['24', 'ß in an address', '24', 'straße@'],
    ['25', 'a long s in an address', '25-long-s', 'sam@'],
    ['25', 'a Kelvin sign in an address', '25-kelvin', 'kim@'],
    ['26', 'a ligature in an address', '26', 'fiona@'],
    ['27', 'a tag in an address', '27-tag', 'row-27+TAG'],
    ['27', 'an apostrophe in an address', '27-apostrophe', "o'row-27"],
    ['27', 'two dots in an address', '27-dots', 'row..27@'],
    ['27', 'a quoted local part', '27-quoted', '"row 27, \\"quoted'],
    ['27', 'signs of a pattern in an address', '27-pattern', 'row%27_@'],
    ['28', 'a domain in Unicode', '28-unicode', '@bücher.example'],
    ['28', 'the same domain in ASCII', '28-punycode', '@xn--bcher-kva.example'],
    ['29', 'an address of 320 characters', '29-longest', '.long.example'],
    ['29', 'a local part of 65 characters', '29-local', 'row-29-aaa'],
    ['30', 'an address', '30-lower', 'row-30@'],
    ['30', 'the same address in capitals', '30-upper', 'row-30@'],
    ['31', 'a mail that is not the userPrincipalName', '31-differs', 'row-31-mail'],
    ['31', 'two hundred proxy addresses', '31-proxies', 'row-31-proxies'],
    ['32', 'a guest', '32', 'row-32_gmail'],
    ['33', 'the email of an owner', '33', 'owner@'],
    ['34', 'an email of a domain that is not verified', '34', 'row-34@unverified'],
    ['35', 'a name of 256 characters', '35-256', 'row 35 ééé'],
    ['41', 'the time of nothing', '41-zero', 'row 41-zero'],
    ['41', 'the year 9999', '41-last', 'row 41-last'],
    ['41', 'a time that is none', '41-none', 'row 41-none'],
    ['41', 'a time to the hundred nanoseconds', '41-fraction', 'row 41-fraction'],
    ['47', 'a phone of 64 characters and leading zeros', '47', 'row 47'],
    ['50', 'the address of a metadata service', '50', '169.254.169.254'],
    ['52', 'the name null', '52-0', 'null'],
    ['52', 'the name undefined', '52-1', 'undefined'],
    ['52', 'the name admin', '52-2', 'admin'],
    ['52', 'the name (deleted)', '52-3', '(deleted)'],
    ['52', 'the name __proto__', '52-4', '__proto__'],
  ])('row %s: %s', async (row, _what, key, typed) => {
    const user = inDirectory(key)
    const expected = asInDirectory(user)
    expect(test.entryOf(key)).toMatchObject({
      outcome: 'created',
      displayName: expected.displayName,
      email: expected.email,
    })
    expect(attributesOf(await test.detailOf(key))).toMatchObject(expected)
    expect(await found(typed)).toContain(expected.userPrincipalName)
    expect(csv.get(user.id)).toMatchObject({
      Name: FORMULAS.includes(row) ? `'${expected.displayName}` : expected.displayName,
      Email: expected.email,
      'User principal name': expected.userPrincipalName,
    })
  })

  it('rows 5–11: no cell of the report is anything a spreadsheet computes', () => {
    const cells = [...csv.values()].flatMap((line) => Object.values(line))
    expect(cells.filter((cell) => COMPUTED.test(cell))).toEqual([])
    expect(csv.size).toBe(test.run.read)
  })

  it.each([
    [
      '13',
      '13-texts',
      [
        'displayName',
        'givenName',
        'surname',
        'jobTitle',
        'department',
        'employeeId',
        'officeLocation',
        'mobilePhone',
        'preferredLanguage',
      ],
    ],
    ['13', '13-mail', ['mail']],
    ['13', '13-upn', ['userPrincipalName']],
    [
      '14',
      '14-high',
      ['displayName', 'givenName', 'surname', 'jobTitle', 'department', 'employeeId', 'officeLocation'],
    ],
    ['15', '15-cut', ['displayName']],
    ['15', '15-whole', []],
    ['16', '16', []],
    ['17', '17-override', []],
    ['35', '35-huge', ['displayName']],
    ['49', '49', ['preferredLanguage']],
  ])('row %s: of %s exactly these texts are said to be altered: %j', (_row, key, altered) => {
    expect([...test.entryOf(key).altered].sort()).toEqual([...altered].sort())
  })
})

describe('a name that cannot be shown as it is', () => {
  it.each([
    ['18', 'of invisible characters alone', '18-only'],
    ['18', 'of fillers alone', '18-filler'],
    ['35', 'that is empty', '35-empty'],
    ['35', 'that is null', '35-null'],
  ])('row %s: %s gives way to the userPrincipalName', async (_row, _what, key) => {
    expect((await test.detailOf(key)).displayName).toBe(`row-${key}@${HOSTILE_DOMAIN}`)
    expect(await found(`row-${key}`)).toHaveLength(1)
  })

  it('row 15: is never cut in the middle of a character', async () => {
    const { displayName } = await test.detailOf('15-cut')
    expect(displayName).toBe(`Row 15 ${'x'.repeat(1016)}😀`)
  })

  it('row 35: of ten million characters is cut', async () => {
    const { displayName } = await test.detailOf('35-huge')
    expect(displayName).toBe(`Row 35 ${'x'.repeat(1017)}`)
  })
})

describe('an address decides nothing that it does not prove', () => {
  const linked = async () => {
    const rows = await sql<{
      email: string
    }>`select email from users where display_name like 'By hand %' and source <> 'manual'`.execute(
      test.panel.database.db,
    )
    return rows.rows
  }

  it('rows 19, 22–26, 28, 30, 32–34: nobody by hand is linked to somebody of the tenant', async () => {
    expect(test.ready.plan.link).toBe(0)
    expect(await linked()).toEqual([])
    expect((await found('by hand')).length).toBe(BY_HAND.length)
  })

  it.each([
    ['19', '19-local'],
    ['22', '22-nfc'],
    ['22', '22-nfd'],
    ['23', '23-dotted'],
    ['23', '23-dotless'],
    ['24', '24'],
    ['25', '25-long-s'],
    ['25', '25-kelvin'],
    ['26', '26'],
    ['13', '13-mail'],
    ['29', '29-local'],
    ['29', '29-longest'],
  ])(
    'row %s: %s matches nobody, not even its own kind, and comes in only when a person says so',
    (_row, key) => {
      expect(test.entryOf(key)).toMatchObject({
        match: 'none',
        conflict: 'email-not-comparable',
        decision: 'create',
        outcome: 'created',
      })
    },
  )

  it('row 19: a domain in letters of another alphabet is another domain', () => {
    expect(test.entryOf('19-domain')).toMatchObject({ match: 'none', conflict: null, outcome: 'created' })
  })

  it.each([
    ['28', 'email-shared', ['28-unicode', '28-punycode']],
    ['30', 'email-shared', ['30-lower', '30-upper']],
    ['32', 'domain-unverified', ['32']],
    ['33', 'email-of-admin', ['33']],
    ['34', 'domain-unverified', ['34']],
  ])('row %s is a conflict, %s, and stays a person of their own', async (_row, conflict, keys) => {
    for (const key of keys)
      expect(test.entryOf(key)).toMatchObject({ conflict, decision: 'create', outcome: 'created' })
    expect(new Set(keys.map((key) => test.entryOf(key).user!.id)).size).toBe(keys.length)
  })

  it('row 33: the email of an admin in the directory is on record, once, with the number of people', async () => {
    const events = await sql<{ actor_name: string; detail: unknown }>`
      select actor_name, detail from audit_events where action = 'import.email-of-admin' and target_id = ${test.run.id}`.execute(
      test.panel.database.db,
    )
    expect(events.rows).toEqual([{ actor_name: 'Keyroster', detail: { people: 1 } }])
  })

  it('row 28: a domain in Unicode and in ASCII is one, so somebody by hand is found by either', async () => {
    const { tenant } = test.emulator
    const email = 'row-28-by-hand@bücher.example'
    await test.call('POST', '/api/users', {
      displayName: 'By hand',
      email: 'row-28-by-hand@xn--bcher-kva.example',
    })
    const { id } = tenant.directory.addUser({
      userPrincipalName: `row-28-by-hand@${HOSTILE_DOMAIN}`,
      mail: email,
    })
    const again = await test.plan()
    const [entry] = await test.entries(again.id, 'action=link')
    tenant.directory.removeUser(id)
    await test.call('POST', `/api/imports/${again.id}/cancel`, {})
    expect(entry).toMatchObject({ objectId: id, email, match: 'email' })
  })

  it.each([
    ['31', 'without mail', '31-null'],
    ['31', 'with other mails alone', '31-other'],
  ])('row %s: somebody %s has the userPrincipalName as email', (_row, _what, key) => {
    expect(test.entryOf(key).email).toBe(`row-${key}@${HOSTILE_DOMAIN}`)
  })

  it('row 29: an address beyond every limit is refused, not cut', () => {
    expect(test.entryOf('29-beyond')).toMatchObject({
      outcome: 'skipped',
      reason: 'invalid-record',
      email: null,
      problem: { detail: expect.stringContaining('longer than 320') },
    })
  })
})
