import { HOSTILE_DOMAIN, hostileId } from './hostile-people.ts'

const DEEP = 10_000

/** JSON of records that no directory holds and that something in between might send, by the same numbers. */
export function hostileRecords(): string[] {
  return [
    record('35-null', { displayName: null }),
    record('36-word', { id: 'row-36' }),
    record('36-path', { id: '../../groups' }),
    record('36-query', { id: `${hostileId('36-query')}?$select=id#` }),
    record('36-upper', { id: hostileId('36-upper').toUpperCase() }),
    record('37-near', { displayName: 'Row 37 near, first' }),
    record('37-near', { displayName: 'Row 37 near, last' }),
    record('37-far', { displayName: 'Row 37 far, read last' }),
    'null',
    '38',
    '"Row 38 text"',
    '[]',
    record('38-no-id', { id: undefined }),
    record('38-no-upn', { userPrincipalName: undefined }),
    record('38-number', { displayName: 38 }),
    record('38-text', { accountEnabled: 'false' }),
    withJson(
      '39',
      '"__proto__":{"accountEnabled":false,"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}',
    ),
    withJson('40-deep', `"extension_deep":${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
    withJson('40-deep-name', `"displayName":${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
    withJson('40-infinite', '"employeeId":1e400'),
    withJson('40-huge', `"employeeId":${'9'.repeat(400)}`),
    record('42-null', { accountEnabled: null }),
    record('42-missing', { accountEnabled: undefined }),
    JSON.stringify({ id: hostileId('43'), '@removed': { reason: 'changed' } }),
    record('51', { otherMails: ['x'.repeat(1_000_000)], extension_unknown: { nobody: 'asked' } }),
  ]
}

function properties(key: string) {
  return {
    id: hostileId(key),
    displayName: `Row ${key}`,
    userPrincipalName: `row-${key}@${HOSTILE_DOMAIN}`,
    mail: `row-${key}@${HOSTILE_DOMAIN}`,
    accountEnabled: true,
    userType: 'Member',
  }
}

function record(key: string, changes: Record<string, unknown>): string {
  return JSON.stringify({ ...properties(key), ...changes })
}

/** With JSON that no object is written as; of a name that comes twice the last one holds. */
function withJson(key: string, json: string): string {
  return `${JSON.stringify(properties(key)).slice(0, -1)},${json}}`
}
