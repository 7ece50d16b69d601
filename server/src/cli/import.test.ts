import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import type { ImportRun } from '@keyroster/api/imports.ts'
import type { tokenScopes } from '@keyroster/api/roles.ts'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTestImport, type TestImport } from '../imports/test-import.ts'
import { importPeople } from './import.ts'
import { type RunningCommand, startCommand } from './test-command.ts'

let panel: TestImport
let settings: { KEYROSTER_URL: string; KEYROSTER_TOKEN: string }
let running: RunningCommand[]

beforeEach(async () => {
  running = []
  panel = await createTestImport()
  await panel.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = panel.app.server.address() as AddressInfo
  settings = {
    KEYROSTER_URL: `http://127.0.0.1:${port}`,
    KEYROSTER_TOKEN: await newToken('connections.read', 'imports.read', 'imports.run'),
  }
})
afterEach(async () => {
  for (const { child, ended } of running) {
    child.kill('SIGKILL')
    await ended
  }
  await panel.close()
})

async function newToken(...scopes: (typeof tokenScopes)[number][]): Promise<string> {
  const made = await panel.call<{ secret: string }>('POST', '/api/tokens', { name: 'Nightly', scopes })
  return made.body.secret
}

/** `keyroster import …` in a process of its own, as cron runs it: nobody sits there. */
function start(args: string[], more: Record<string, string> = {}): RunningCommand {
  const command = startCommand(['import', ...args], { ...settings, ...more })
  running.push(command)
  return command
}
const run = (args: string[], more?: Record<string, string>) => start(args, more).ended

/** `keyroster import …` on a terminal, where somebody may type. */
function atTerminal(args: string[]) {
  const terminal = () => Object.assign(new PassThrough(), { isTTY: true, columns: 80 })
  const [stdin, stdout, stderr] = [terminal(), terminal(), terminal()]
  let shown = ''
  stdout.on('data', (chunk) => {
    shown += chunk
  })
  const code = importPeople(args, { env: settings, stdin, stdout, stderr })
  return {
    type: (keys: string) => stdin.write(keys),
    shown: () => shown,
    until: async (pattern: RegExp) => {
      while (!pattern.test(shown)) await once(stdout, 'data')
    },
    code,
  }
}

const runs = async () => (await panel.call<{ items: ImportRun[] }>('GET', '/api/imports')).body.items
const lastRun = async () => (await runs())[0]!
const users = async () => (await panel.call<{ total: number }>('GET', '/api/users')).body.total

/** Everybody of the tenant is imported, and then disabled there. */
async function disableEverybody(): Promise<void> {
  await panel.applyPlan(await panel.plan())
  const { directory } = panel.emulator.tenant
  const { rows } = await sql<{
    id: string
  }>`select object_id as id from users where object_id is not null`.execute(panel.panel.database.db)
  for (const { id } of rows) directory.updateUser(id, { accountEnabled: false })
}

const everybody = ['--connection', 'contoso', '--sync-existing']

describe('keyroster import, started by a script', () => {
  test('imports what it shows, in the counts of the panel, and ends with 0', async () => {
    const ended = await run([...everybody, '--yes'])
    expect(ended).toMatchObject({ code: 0, stderr: '' })
    const done = await lastRun()
    expect(done).toMatchObject({ state: 'completed', createdBy: 'Operator', mode: 'new-and-existing' })
    expect(await users()).toBe(done.outcomes.created)
    expect(ended.stdout).toContain(`  ${done.plan.create}  to create`)
    expect(ended.stdout).toMatch(new RegExp(`${done.plan.skip} {2}skipped: guest \\(${done.skips.guest}\\)`))
    expect(ended.stdout).toContain(done.sentence)
    expect(ended.stdout).toContain(`${settings.KEYROSTER_URL}/imports/${done.id}`)
    expect(ended.stdout).not.toContain('\u001b')
    const again = await run([...everybody, '--yes'])
    expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('There is nothing to import.') })
    expect((await lastRun()).state).toBe('completed')
  })

  test('takes the options of the wizard', async () => {
    const groups = [...panel.emulator.tenant.directory.groups()].slice(0, 2).map(({ id }) => id)
    const options = ['--only-update', '--include-guests', '--include-disabled', '--dry-run', '--json']
    const { stdout } = await run([...everybody, ...options, ...groups.map((id) => `--group=${id}`)])
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'existing',
      includeGuests: true,
      includeDisabled: true,
      scope: { kind: 'groups', groups: groups.map((id) => ({ id })) },
    })
  })

  test('writes nothing in a dry run, and leaves nothing that is in the way', async () => {
    const ended = await run([...everybody, '--dry-run'])
    expect(ended).toMatchObject({ code: 0, stdout: expect.stringMatching(/\d+ {2}to create[\s\S]*dry run/) })
    expect(await lastRun()).toMatchObject({ state: 'cancelled', confirmedAt: null })
    expect(await users()).toBe(0)
    expect((await run([...everybody, '--yes'])).code).toBe(0)
  })

  test('plans and then stops where nobody confirms, without --yes', async () => {
    const ended = await run(everybody)
    expect(ended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/to create[\s\S]*Nobody sits at a terminal.*--yes/),
    })
    expect(await lastRun()).toMatchObject({ state: 'cancelled', confirmedAt: null })
    expect(await users()).toBe(0)
  })

  test('prints the run alone as JSON, and its words beside it', async () => {
    const ended = await run([...everybody, '--yes', '--json'])
    expect(ended.code).toBe(0)
    expect(JSON.parse(ended.stdout)).toEqual(await lastRun())
    expect(ended.stderr).toContain('to create')
    expect(ended.stderr).not.toContain('Reading people')
  })

  test('says which groups were not read, and ends with 2', async () => {
    const [known] = [...panel.emulator.tenant.directory.groups()]
    const gone = crypto.randomUUID()
    const ended = await run([...everybody, '--yes', '--group', known!.id, '--group', gone])
    expect(ended).toMatchObject({
      code: 2,
      stdout: expect.stringContaining(`${gone} does not exist in Entra any more`),
    })
    expect((await lastRun()).state).toBe('completed')
  })

  test('is refused by the safeguard with 3, and leaves the plan to a person in the panel', async () => {
    await disableEverybody()
    const dry = await run([...everybody, '--dry-run'])
    expect(dry).toMatchObject({ code: 3, stdout: expect.stringContaining('unusually many') })
    expect((await lastRun()).state).toBe('cancelled')
    const ended = await run([...everybody, '--yes'])
    expect(ended).toMatchObject({ code: 3, stdout: expect.stringContaining('somebody has to, in the panel') })
    const waiting = await lastRun()
    expect(waiting).toMatchObject({ state: 'ready', safeguard: true })
    const forced = await fetch(`${settings.KEYROSTER_URL}/api/imports/${waiting.id}/confirm`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings.KEYROSTER_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fingerprint: waiting.fingerprint, acknowledgeSuspensions: true }),
    })
    expect([forced.status, (await lastRun()).state]).toEqual([403, 'ready'])
    const next = await run([...everybody, '--yes'])
    expect(next).toMatchObject({ code: 1, stderr: expect.stringContaining(`/imports/${waiting.id}`) })
  })

  test('is cancelled by one Ctrl+C, and says what stays', async () => {
    panel.emulator.world.latencyMs = 6000
    const command = start([...everybody, '--yes'])
    await command.until(/Reading people/)
    command.child.kill('SIGINT')
    expect(await command.ended).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/cancelled in 3 seconds[\s\S]*Cancelled before anything was changed/),
    })
    expect((await lastRun()).state).toBe('cancelled')
  })

  test('goes on without the command after a second Ctrl+C', async () => {
    panel.emulator.world.latencyMs = 2000
    const command = start([...everybody, '--yes'])
    await command.until(/Reading people/)
    command.child.kill('SIGINT')
    await command.until(/cancelled in 3 seconds/)
    await new Promise((resolve) => setTimeout(resolve, 600))
    command.child.kill('SIGINT')
    expect(await command.ended).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('The panel goes on'),
    })
    const left = await panel.until((await lastRun()).id, ({ state }) => state === 'ready')
    expect(left.cancelRequested).toBe(false)
  })

  test('shows a name from elsewhere without letting it write on the terminal', async () => {
    await sql`update connections set name = ${'Contoso\u001b[2J\u202egnp'}`.execute(panel.panel.database.db)
    const { stdout } = await run(['--connection', panel.connectionId, '--dry-run'])
    expect(stdout).toContain('from Contoso [2J\\u202egnp')
  })
})

describe('keyroster import, on a terminal', () => {
  test('shows a bar, asks, and applies after a yes', async () => {
    panel.emulator.world.latencyMs = 300
    const terminal = atTerminal(everybody)
    await terminal.until(/Apply exactly this plan\? \[y\/N\]/)
    expect(terminal.shown()).toContain('\r\u001b[K')
    expect(await users()).toBe(0)
    terminal.type('y\r')
    expect(await terminal.code).toBe(0)
    expect(await users()).toBeGreaterThan(0)
  })

  test.each([
    ['a no', 'n\r'],
    ['nothing but Enter', '\r'],
    ['Ctrl+C', '\u0003'],
    ['Ctrl+D', '\u0004'],
  ])('cancels after %s', async (_name, keys) => {
    const terminal = atTerminal(everybody)
    await terminal.until(/\[y\/N\]/)
    terminal.type(keys)
    expect(await terminal.code).toBe(1)
    expect(await lastRun()).toMatchObject({ state: 'cancelled', confirmedAt: null })
  })

  test('ends with 3 and what differs, where somebody changed the workspace after the plan was shown', async () => {
    const terminal = atTerminal(everybody)
    await terminal.until(/\[y\/N\]/)
    const [adele] = await panel.entries((await lastRun()).id, 'search=Adele')
    const made = await panel.call('POST', '/api/users', { displayName: 'Adele', email: adele!.email })
    expect(made.status).toBe(201)
    terminal.type('y\r')
    expect(await terminal.code).toBe(3)
    expect(terminal.shown()).toMatch(/plan changed after it was shown[\s\S]*1 to link \(was 0\)/)
    expect(await lastRun()).toMatchObject({ state: 'cancelled', confirmedAt: null })
    expect(await users()).toBe(1)
  })

  test('ends with 2 where somebody failed', async () => {
    const terminal = atTerminal(everybody)
    await terminal.until(/\[y\/N\]/)
    const { db } = panel.panel.database
    const [adele] = await panel.entries((await lastRun()).id, 'search=Adele')
    // A person by hand gets the email in the moment between confirming and writing: no route can be that quick.
    await sql`update workspaces set revision = revision + 1`.execute(db)
    await sql`update import_runs set planned_revision = planned_revision + 1`.execute(db)
    await sql`insert into users (workspace_id, display_name, email, email_folded, name_folded, search)
      values (${panel.admin.workspaceId}, 'Adele', ${adele!.email}, ${adele!.email!.toLowerCase()}, 'adele', 'adele')`.execute(
      db,
    )
    terminal.type('y\r')
    expect(await terminal.code).toBe(2)
    expect(terminal.shown()).toContain('1 failed')
  })
})

describe('keyroster import says in a sentence, and ends with 1, where', () => {
  const refused = async (args: string[], more: Record<string, string>, reason: string | RegExp) => {
    const stderr =
      typeof reason === 'string' ? expect.stringContaining(reason) : expect.stringMatching(reason)
    const ended = await run(args, more)
    expect(ended).toMatchObject({ code: 1, stdout: '', stderr })
    expect(ended.stderr).not.toMatch(/^ {4}at /m)
  }

  test('the token is none, wrong, revoked or without a scope, which it names', async () => {
    await refused(everybody, { KEYROSTER_TOKEN: '' }, 'KEYROSTER_TOKEN is not set')
    await refused(everybody, { KEYROSTER_TOKEN: 'kr_short' }, 'KEYROSTER_TOKEN is no API token')
    await refused(everybody, { KEYROSTER_TOKEN: `kr_${'x'.repeat(43)}` }, 'does not accept this API token')
    const reading = await newToken('connections.read', 'imports.read')
    await refused(everybody, { KEYROSTER_TOKEN: reading }, 'does not have the scope imports.run')
    const running = await newToken('imports.run')
    await refused(everybody, { KEYROSTER_TOKEN: running }, 'does not have the scope connections.read')
    expect(await runs()).toEqual([])
  })

  test('no panel answers, or something else does', async () => {
    await refused(
      everybody,
      { KEYROSTER_URL: 'http://127.0.0.1:1' },
      /No panel answers at http:\/\/127\.0\.0\.1:1 \(/,
    )
    await refused(everybody, { KEYROSTER_URL: panel.emulator.origin }, /is no panel/)
    await refused(
      [...everybody, '--url', 'http://keys.example.com'],
      {},
      '--url is http://keys.example.com. Use https',
    )
  })

  test('it is sent elsewhere, where it brings no token', async () => {
    const asked: string[] = []
    const elsewhere = createServer((request, response) => {
      asked.push(request.url!)
      response.writeHead(307, { location: '/elsewhere' }).end()
    })
    elsewhere.listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    const { port } = elsewhere.address() as AddressInfo
    await refused(everybody, { KEYROSTER_URL: `http://127.0.0.1:${port}` }, /No panel answers at .*redirect/)
    elsewhere.close()
    expect(asked).toEqual(['/api/connections?limit=200'])
  })

  test('no connection has the name, or several have', async () => {
    await refused(['--connection', 'Fabrikam'], {}, 'There is no connection Fabrikam. There are: Contoso.')
    const { body } = await panel.call<{ id: string }>('POST', '/api/connections', {
      name: 'Contoso',
      tenant: 'fabrikam.com',
      clientId: crypto.randomUUID(),
      credential: { kind: 'secret', secret: 'x'.repeat(40) },
    })
    await refused(everybody, {}, `${body.id} (fabrikam.com)`)
    await refused(['--connection', body.id], {}, 'no access to its directory yet')
  })

  test('options are unknown, too few or contradict each other', async () => {
    await refused(['--connection=Contoso', '--all'], {}, "Unknown option '--all'")
    await refused([], {}, 'with --connection NAME')
    await refused([...everybody, '--yes', '--dry-run'], {}, 'Keep one of them')
    await refused(['--connection=Contoso', '--only-update'], {}, 'goes with --sync-existing')
    await refused([...everybody, '--group', 'Sales'], {}, '--group Sales is no object ID')
    await refused([...everybody, '--token=x'], {}, "Unknown option '--token'")
    expect(await runs()).toEqual([])
  })
})
