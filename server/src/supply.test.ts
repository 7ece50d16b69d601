import { execFile } from 'node:child_process'
import { globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { z } from 'zod'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (path: string) => readFileSync(join(root, path), 'utf8')
afterAll(() => rmSync(join(root, 'sbom.cdx.json'), { force: true }))

describe('npm run sbom', () => {
  it('lists every package of the lock file with its version, from the lock file alone', async () => {
    await promisify(execFile)('npm', ['run', 'sbom', '--silent'], { cwd: root })
    const bill = z
      .object({
        bomFormat: z.literal('CycloneDX'),
        components: z.array(
          z.object({ name: z.string(), group: z.string().optional(), version: z.string() }),
        ),
      })
      .parse(JSON.parse(read('sbom.cdx.json')))
    const listed = bill.components.map(
      ({ name, group, version }) => `${group ? `${group}/` : ''}${name}@${version}`,
    )
    const lock = z
      .object({
        packages: z.record(
          z.string(),
          z.object({ version: z.string().optional(), link: z.boolean().optional() }),
        ),
      })
      .parse(JSON.parse(read('package-lock.json')))
    const locked = Object.entries(lock.packages)
      .filter(([path, { link }]) => path.includes('node_modules/') && !link)
      .map(([path, { version }]) => `${path.split('node_modules/').at(-1)}@${version}`)
    expect(locked.length).toBeGreaterThan(300)
    expect(listed).toEqual(expect.arrayContaining(locked))
  })
})

describe('the sources of what is served', () => {
  const sources = globSync('{api,server,web}/{src,public,bin}/**/*.{ts,tsx,js}', { cwd: root })
    .filter((path) => !/\.test\.ts$|\/test-[\w-]+\.ts$|\/schedules\//.test(path))
    .map((path) => ({ path, text: read(path) }))
  const where = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)

  it('never turn off the check of a certificate', () => {
    expect(sources.length).toBeGreaterThan(200)
    expect(where(/rejectUnauthorized|NODE_TLS_REJECT_UNAUTHORIZED|checkServerIdentity|strictSSL/)).toEqual([])
    // Plain http to the sign-in is for an emulator on this machine alone, as config.ts sees to.
    expect(where(/allowInsecureRequests/)).toEqual([
      'server/src/entra/sign-in.ts',
      'server/src/entra/token.ts',
    ])
  })

  it('never make code from text, nor markup from a name', () => {
    expect(
      where(/\beval\(|new Function\(|dangerouslySetInnerHTML|\.innerHTML|document\.write|insertAdjacentHTML/),
    ).toEqual([])
  })

  it('keep nothing in the browser for good but how the panel looks to somebody', () => {
    expect(where(/\b(localStorage|useLocalStorage|indexedDB|document\.cookie)\b/).sort()).toEqual([
      'web/public/color-scheme.js',
      'web/src/session/passkey-prompt.tsx',
      'web/src/shell/shell.tsx',
    ])
  })

  it('put no value into SQL as text: what is put there are names of our own tables, columns and roles', () => {
    const raw = where(/sql\.raw\([^)]*\$\{|\.query\(\s*`[^`]*\$\{/)
    expect(raw.filter((path) => !/^server\/src\/((db|backup)\/|imports\/columns\.ts)/.test(path))).toEqual([])
  })
})
