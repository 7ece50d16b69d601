import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ImportRun } from '@keyroster/api/imports.ts'
import { tokenScopes } from '@keyroster/api/roles.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestImport, type TestImport } from '../imports/test-import.ts'
import { importOptions } from './options.ts'

const page = await readFile(new URL('../../../docs/automation.md', import.meta.url), 'utf8')
const section = (title: string) => page.split(/^## /m).find((part) => part.startsWith(title))!

describe('docs/automation.md', () => {
  test('tells of every scope', () => {
    for (const scope of tokenScopes) expect(section('API tokens')).toContain(`| \`${scope}\` |`)
  })

  test('tells of every option of keyroster import, and of no other', () => {
    const told = section('Import from the command line')
      .match(/^\| .*--[a-z-]+.*/gm)!
      .join()
    const options = new Set(told.match(/--[a-z][a-z-]*/g))
    expect([...options].sort()).toEqual(
      Object.keys(importOptions)
        .map((name) => `--${name}`)
        .sort(),
    )
  })
})

describe('the import through the API, as docs/automation.md has it', () => {
  let panel: TestImport
  let token: string
  beforeAll(async () => {
    panel = await createTestImport()
    const scopes = ['connections.read', 'imports.read', 'imports.run', 'users.export']
    const made = await panel.call<{ secret: string }>('POST', '/api/tokens', { name: 'Script', scopes })
    token = made.body.secret
  })
  afterAll(() => panel.close())

  /** One request as curl would make it; answers the text. */
  async function curl(words: string[]): Promise<string> {
    const { url, json } = readCurl(words)
    const response = await panel.app.inject({
      method: json === undefined ? 'GET' : 'POST',
      url,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json !== undefined && { 'content-type': 'application/json' }),
      },
      ...(json !== undefined && { payload: json }),
    })
    expect(response.statusCode, `${url}: ${response.body}`).toBeLessThan(300)
    return response.body
  }

  test('works step by step: find, start, wait, look, confirm, report', async () => {
    const lines = [...section('Import through the API').matchAll(/^ {3}```sh\n(.*?)^ {3}```/gms)]
      .flatMap(([, block]) => block!.split('\n'))
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('chmod'))
    const variables: Record<string, string> = { KEYROSTER_URL: '' }
    const asked: string[] = []
    for (const line of lines) {
      const found =
        /^(while )?(?:([A-Z]+)=\$\()?(curl .*?|node .*?)(?: \| jq -r '\.(.*?)')?(?:\)(; \[.*)?)?$/.exec(line)
      expect(found, line).not.toBeNull()
      const [, again, name, command, path, while_ = ''] = found!
      const waitsFor = [...while_.matchAll(/= (\w+) \]/g)].map(([, state]) => state)
      do {
        const words = shellWords(command!, variables)
        if (words[0] === 'curl') asked.push(words.find((word) => word.startsWith('/'))!)
        const text = words[0] === 'curl' ? await curl(words.slice(1)) : randomUUID()
        const value = path === undefined ? text : valueAt(JSON.parse(text), path)
        expect(value, line).toBeTruthy()
        if (name !== undefined) variables[name] = String(value)
      } while (again && waitsFor.includes(variables[name!]))
    }
    const { body: run } = await panel.call<ImportRun>('GET', `/api/imports/${variables.ID}`)
    expect(run).toMatchObject({ state: 'completed', mode: 'new-and-existing', connectionName: 'Contoso' })
    expect(run.outcomes.created).toBeGreaterThan(0)
    expect([...new Set(asked.map((url) => url.replace(run.id, 'ID')))]).toEqual([
      '/api/connections',
      '/api/imports',
      '/api/imports/ID',
      '/api/imports/ID/entries?action=update&limit=20',
      '/api/imports/ID/confirm',
      '/api/imports/ID/report.csv',
    ])
  })
})

/** What curl is told; fails for what this test knows nothing of. */
function readCurl(words: string[]): { url: string; json: string | undefined } {
  const values: Record<string, string> = {}
  const rest: string[] = []
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!
    if (['-H', '--json', '-o'].includes(word)) values[word] = words[++at]!
    else if (!['-sS', '--fail-with-body'].includes(word)) rest.push(word)
  }
  expect(rest).toHaveLength(1)
  expect(values['-H']).toBe('@keyroster-header')
  return { url: rest[0]!, json: values['--json'] }
}

/** The words of a command line, with quotes and variables as a shell reads them. */
function shellWords(line: string, variables: Record<string, string>): string[] {
  const filled = (text: string) =>
    text.replace(/\$([A-Z_]+)/g, (_all, name: string) => {
      expect(variables, line).toHaveProperty(name)
      return variables[name]!
    })
  return line
    .match(/(?:'[^']*'|"[^"]*"|[^\s'"])+/g)!
    .map((word) =>
      word.replace(
        /'([^']*)'|"([^"]*)"|([^'"]+)/g,
        (_all, single, double, bare) => single ?? filled(double ?? bare),
      ),
    )
}

/** What `jq '.a[0].b'` finds. */
function valueAt(value: unknown, path: string): unknown {
  return path
    .split(/[.[\]]+/)
    .filter(Boolean)
    .reduce<unknown>((at, key) => Object(at)[key], value)
}
