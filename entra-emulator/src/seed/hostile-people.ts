import type { DirectoryUser } from '../directory.ts'
import { stableId } from './stable-id.ts'

export const HOSTILE_DOMAIN = 'hostile.example'

const SCRIPT = '<script>window.hostile = "ran"</script>'
const IMAGE = '"><img src=x onerror="window.hostile = \'ran\'">'
const TEMPLATE = '{{7*7}} \u0024{7*7} <%= 7*7 %> #{7*7}'

/** Ten million characters: what a name must never be. */
const HUGE = 10_000_000

/** The object id of a case, such as `9-tab`: a GUID of no version and variant, which ids need not have (row 36). */
export function hostileId(key: string): string {
  return stableId(`hostile ${key}`).replace(/-4(...)-.(...)-/, '-0$1-0$2-')
}

/** People that a directory can hold, by the case they stand for: the number, and what tells several of one number apart. */
export function hostilePeople(): Partial<DirectoryUser>[] {
  return Object.entries({ ...markup(), ...cells(), ...characters(), ...addresses(), ...values() }).map(
    ([key, properties]) => ({
      id: hostileId(key),
      displayName: `Row ${key}`,
      userPrincipalName: `row-${key}@${HOSTILE_DOMAIN}`,
      mail: `row-${key}@${HOSTILE_DOMAIN}`,
      createdDateTime: '2020-02-03T07:00:00Z',
      ...properties,
    }),
  )
}

type Cases = Record<string, Partial<DirectoryUser>>

/** The text in every attribute that an import shows. */
function everywhere(text: string): Partial<DirectoryUser> {
  return {
    displayName: `Row ${text}`,
    givenName: text,
    surname: text,
    jobTitle: text,
    department: text,
    officeLocation: text,
  }
}

/** Rows 1–4: what a page or a template might run. */
function markup(): Cases {
  return {
    '1': { ...everywhere(`1 ${SCRIPT}`) },
    '2': { ...everywhere(`2 ${IMAGE}`) },
    '3': { ...everywhere(`3 ${TEMPLATE}`) },
    '4': {
      displayName: 'Row 4 address that runs',
      mail: `javascript:window.hostile=4//@${HOSTILE_DOMAIN}`,
      officeLocation: 'javascript:window.hostile=4',
      mobilePhone: 'javascript:window.hostile=4',
    },
  }
}

/** Rows 5–12: what a spreadsheet might compute, and what breaks a line of CSV. */
function cells(): Cases {
  const begins = (text: string) => ({ displayName: text, jobTitle: text, department: text })
  return {
    '5': begins('=1+1 row 5'),
    '6': begins('+1+1 row 6'),
    '7': begins('-1+1 row 7'),
    '8': begins('@SUM(1+1) row 8'),
    '9-tab': begins('\t=1+1 row 9'),
    '9-cr': begins('\r=1+1 row 9'),
    '9-lf': begins('\n=1+1 row 9'),
    '9-space': begins(' =1+1 row 9'),
    '10-equals': begins('＝1+1 row 10'),
    '10-plus': begins('＋1+1 row 10'),
    '10-minus': begins('－1+1 row 10'),
    '10-at': begins('＠SUM(1+1) row 10'),
    '11-link': begins('=HYPERLINK("http://169.254.169.254/","row 11")'),
    '11-dde': begins("=cmd|'/c calc'!A1 row 11"),
    '12-quotes': begins('Row 12 "quoted", with commas; and semicolons'),
    '12-crlf': begins('Row 12 first\r\nsecond line'),
    '12-lf': begins('Row 12 first\nsecond line'),
    '12-cr': begins('Row 12 first\rsecond line'),
    '12-bom': begins('\ufeffRow 12 behind a mark'),
  }
}

/** Rows 13–21: characters that no database keeps, that hide, or that look like others. */
function characters(): Cases {
  const nul = 'nul \u0000 here'
  return {
    '13-texts': { ...everywhere(`13 ${nul}`), employeeId: nul, mobilePhone: nul, preferredLanguage: nul },
    '13-mail': { mail: `row-13-\u0000@${HOSTILE_DOMAIN}` },
    '13-upn': { userPrincipalName: `row-13-\u0000-upn@${HOSTILE_DOMAIN}` },
    '14-high': { ...everywhere('14 high \ud83d'), employeeId: '14\ud83d' },
    '14-low': { ...everywhere('14 low \ude00'), employeeId: '14\ude00' },
    '15-cut': { displayName: `Row 15 ${'x'.repeat(1016)}😀😀` },
    '15-whole': { displayName: `Row 15 ${'😀'.repeat(1000)}` },
    '16': { ...everywhere('16 \u001b[31mred\u001b[0m \u0007 \u007f \u0085 \u009b31m') },
    '17-override': { displayName: 'Row 17 right-to-left \u202egpj.exe' },
    '17-isolate': { displayName: 'Row 17 right-to-left isolate \u2067never closed' },
    '18-inside': { displayName: 'Row\u200b 18 zero\u200d width\ufeff and soft\u00ad hyphen' },
    '18-only': { displayName: '\u200b\u200d\ufeff\u00ad' },
    '18-filler': { displayName: '\u3164\u115f\uffa0' },
    '19-local': { displayName: 'Row 19 pаypal', mail: `pаypal@${HOSTILE_DOMAIN}` },
    '19-domain': { displayName: 'Row 19 domain', mail: 'row-19@hоstile.example' },
    '20-plain': { displayName: 'Row 20 twin' },
    '20-hidden': { displayName: 'Row 20 tw\u200bin' },
    '21': { displayName: `Row 21 Z${'\u0301\u0316'.repeat(250)}algo` },
  }
}

/** Rows 22–34: addresses that are nearly another's, hard to read, or prove nothing. */
function addresses(): Cases {
  const mail = (local: string) => ({ mail: `${local}@${HOSTILE_DOMAIN}` })
  return {
    '22-nfc': mail('jos\u00e9'),
    '22-nfd': mail('jose\u0301'),
    '23-dotted': mail('\u0130van'),
    '23-dotless': mail('\u0131van'),
    '24': mail('stra\u00dfe'),
    '25-long-s': mail('\u017fam'),
    '25-kelvin': mail('\u212aim'),
    '26': mail('\ufb01ona'),
    '27-tag': mail('Row-27+tag'),
    '27-apostrophe': mail("o'row-27"),
    '27-dots': mail('row..27'),
    '27-quoted': mail('"row 27, \\"quoted\\""'),
    '27-pattern': mail('row%27_'),
    '28-unicode': { mail: 'row-28@b\u00fccher.example' },
    '28-punycode': { mail: 'row-28@xn--bcher-kva.example' },
    '29-longest': { mail: `${'a'.repeat(64)}@${'b'.repeat(242)}.long.example` },
    '29-local': mail(`row-29-${'a'.repeat(58)}`),
    '29-beyond': { mail: `${'a'.repeat(64)}@${'b'.repeat(243)}.long.example` },
    '30-lower': mail('row-30'),
    '30-upper': { mail: 'ROW-30@HOSTILE.EXAMPLE' },
    '31-null': { mail: null },
    '31-differs': mail('row-31-mail'),
    '31-other': { mail: null, otherMails: ['row-31-private@private.example'] },
    '31-proxies': {
      proxyAddresses: Array.from({ length: 200 }, (_, at) => `smtp:row-31-${at}@${HOSTILE_DOMAIN}`),
    },
    '32': {
      userPrincipalName: 'row-32_gmail.example#EXT#@hostile.onmicrosoft.com',
      mail: 'row-32@gmail.example',
      userType: 'Guest',
      creationType: 'Invitation',
      externalUserState: 'Accepted',
    },
    '33': mail('owner'),
    '34': { mail: 'row-34@unverified.example' },
  }
}

/** Rows 35–52: values of odd sizes, times that are none, words that mean something to a program. */
function values(): Cases {
  return {
    '35-empty': { displayName: '' },
    '35-256': { displayName: `Row 35 ${'é'.repeat(249)}` },
    '35-huge': { displayName: `Row 35 ${'x'.repeat(HUGE)}` },
    '37-far': { displayName: 'Row 37 far, read first' },
    '41-zero': { createdDateTime: '0001-01-01T00:00:00Z' },
    '41-last': { createdDateTime: '9999-12-31T23:59:59Z' },
    '41-none': { createdDateTime: 'not a time' },
    '41-fraction': { createdDateTime: '2020-02-03T07:00:00.1234567Z' },
    '44-member': { displayName: 'Row 44 member' },
    '46': { displayName: 'Row 46 in three groups' },
    '47': { mobilePhone: `tel:${SCRIPT.padEnd(60, '0')}`, employeeId: '000047' },
    '49': { preferredLanguage: '../../x' },
    '50': { ...everywhere('50 http://169.254.169.254/latest/meta-data/') },
    ...Object.fromEntries(
      ['null', 'undefined', 'admin', '(deleted)', '__proto__'].map((word, at) => [
        `52-${at}`,
        { displayName: word, givenName: word, jobTitle: word, employeeId: word },
      ]),
    ),
  }
}
