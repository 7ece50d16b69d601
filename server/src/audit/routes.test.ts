import type { AuditEvent, AuditPage } from '@keyroster/api/audit.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { startSession } from '../admins/sessions.ts'
import { createApp } from '../http/app.ts'
import { callWith, createTestPanel, type TestPanel } from '../http/test-panel.ts'
import type { App } from '../http/types.ts'
import { type ChainedEvent, hashEvent } from './hash-event.ts'
import { actors, audit, type Deed } from './record.ts'
import { unguarded } from './test-audit.ts'

let panel: TestPanel
beforeAll(async () => {
  panel = await createTestPanel()
})
afterAll(() => panel.close())
beforeEach(async () => {
  await query(unguarded('truncate audit_events, audit_heads'))
})

const query = (text: string) => panel.panel.database.pool.query(text)
const db = () => panel.panel.database.db

const happen = (changes: Partial<Deed> = {}) =>
  audit(db(), {
    workspaceId: panel.admin.workspaceId,
    actor: { id: panel.admin.id, name: 'Operator' },
    action: 'user.edited',
    ...changes,
  })

const list = async (search = '') => (await panel.call<AuditPage>('GET', `/api/audit?${search}`)).body
const seqs = async (search: string) => (await list(search)).items.map(({ seq }) => seq)

async function otherWorkspace(): Promise<string> {
  const { rows } = await query("insert into workspaces (name) values ('Fabrikam') returning id")
  return rows[0].id
}

describe('the list of events', () => {
  test('says of each who did what to whom, when, from where and in which request', async () => {
    await happen({
      actor: { id: panel.admin.id, name: 'Operator', token: { id: panel.admin.workspaceId } },
      target: { kind: 'user', id: 'u1', name: 'Adele Vance' },
      detail: { after: { jobTitle: 'Engineer' } },
      request: { id: 'r1', ip: '192.0.2.7' },
    })
    await happen({ actor: actors.console, action: 'backup.made', target: undefined as never })
    const { items, next } = await list()
    expect(next).toBeNull()
    expect(items).toEqual([
      {
        seq: 2,
        id: expect.any(String),
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/),
        actor: { id: null, name: 'Console', tokenId: null },
        action: 'backup.made',
        outcome: 'done',
        target: null,
        detail: {},
        address: null,
        requestId: null,
        previousHash: items[1]!.hash,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      {
        seq: 1,
        id: expect.any(String),
        at: expect.any(String),
        actor: { id: panel.admin.id, name: 'Operator', tokenId: panel.admin.workspaceId },
        action: 'user.edited',
        outcome: 'done',
        target: { kind: 'user', id: 'u1', name: 'Adele Vance' },
        detail: { after: { jobTitle: 'Engineer' } },
        address: '192.0.2.7',
        requestId: 'r1',
        previousHash: '0'.repeat(64),
        hash: items[0]!.previousHash,
      },
    ])
    expect(Math.abs(Date.parse(items[1]!.at) - Date.now())).toBeLessThan(60_000)
  })

  test('is paged newest first, and events that happen meanwhile neither hide nor repeat any', async () => {
    for (let n = 0; n < 5; n++) await happen()
    const first = await list('limit=2')
    expect(first.items.map(({ seq }) => seq)).toEqual([5, 4])
    await happen()
    const second = await list(`limit=2&cursor=${first.next}`)
    const third = await list(`limit=2&cursor=${second.next}`)
    expect([...second.items, ...third.items].map(({ seq }) => seq)).toEqual([3, 2, 1])
    expect(third.next).toBeNull()
    expect((await panel.call('GET', '/api/audit?cursor=bm9uZQ')).status).toBe(400)
  })

  test('is narrowed by who, what, whom, when, how it ended, and any text', async () => {
    await happen({
      target: { kind: 'user', id: 'u1', name: 'Adele Vance' },
      request: { id: 'r1', ip: '192.0.2.7' },
    })
    await happen({ actor: actors.keyroster, action: 'import.finished', detail: { 'percent%': 'a_b"c' } })
    await happen({ action: 'import.confirmed', target: { kind: 'import', id: 'i1' } })
    await happen({ actor: actors.somebody, action: 'session.refused', outcome: 'refused' })
    const at = (await list()).items.find(({ seq }) => seq === 3)!.at

    expect(await seqs(`actor=${panel.admin.id.toUpperCase()}`)).toEqual([3, 1])
    expect(await seqs('actor=Keyroster')).toEqual([2])
    expect(await seqs('actor=keyr')).toEqual([])
    expect(await seqs('action=import')).toEqual([3, 2])
    expect(await seqs('action=import.confirmed')).toEqual([3])
    expect(await seqs('action=%25')).toEqual([])
    expect(await seqs('target=u1')).toEqual([1])
    expect(await seqs(`from=${at}`)).toEqual([4, 3])
    expect(await seqs(`to=${at}`)).toEqual([2, 1])
    expect(await seqs(`from=${at}&to=${at}`)).toEqual([])
    expect(await seqs('outcome=refused')).toEqual([4])
    expect(await seqs('search=ADELE')).toEqual([1])
    expect(await seqs('search=192.0.2')).toEqual([1])
    expect(await seqs('search=percent%25')).toEqual([2])
    expect(await seqs('search=%25%25')).toEqual([])
    expect(await seqs('search=a_b')).toEqual([2])
    expect(await seqs('search=axb')).toEqual([])
    expect(await seqs('action=import&actor=Keyroster&outcome=done')).toEqual([2])
    for (const wrong of ['outcome=maybe', 'from=yesterday', 'actor=', 'limit=0', 'action=a&action=b'])
      expect((await panel.call('GET', `/api/audit?${wrong}`)).status).toBe(400)
  })

  test('and everything else of the log is of one workspace alone', async () => {
    await happen({ workspaceId: await otherWorkspace() })
    expect(await list()).toEqual({ items: [], next: null })
    expect((await panel.call('GET', '/api/audit/head')).body).toEqual({ seq: 0, hash: '0'.repeat(64) })
    const exported = await panel.call<AuditEvent>('GET', '/api/audit/export')
    expect(exported.body).toMatchObject({ seq: 1, action: 'audit.exported' })
  })
})

test('the head is the number and the hash of the newest event, to be kept elsewhere', async () => {
  await happen()
  await happen()
  const { items } = await list()
  expect((await panel.call('GET', '/api/audit/head')).body).toEqual({ seq: 2, hash: items[0]!.hash })
})

test('whoever may only look after people does not see who did what', async () => {
  const { rows } = await query(
    `insert into admins (workspace_id, name, role) values ('${panel.admin.workspaceId}', 'Lee Gu', 'helpdesk') returning id`,
  )
  const call = callWith(panel.app, `keyroster=${await startSession(db(), rows[0].id)}`)
  for (const path of ['', '/events', '/export', '/head', '/retention'])
    expect((await call('GET', `/api/audit${path}`)).status, path).toBe(403)
})

describe('the live tail', () => {
  /** Follows the tail of a server; `next` is the next event it sends. */
  async function follow(app: App, search = '', headers: Record<string, string> = {}) {
    const response = await app.inject({
      url: `/api/audit/events?${search}`,
      headers: { cookie: panel.cookie, ...headers },
      payloadAsStream: true,
    })
    const stream = response.stream()
    const chunks = stream[Symbol.asyncIterator]()
    let text = ''
    const next = async (): Promise<{ id: string; event: AuditEvent }> => {
      for (;;) {
        const found = /^id: (.*)\ndata: (.*)\n\n/m.exec(text)
        if (found) {
          text = text.slice(found.index + found[0].length)
          return { id: found[1]!, event: JSON.parse(found[2]!) }
        }
        const { value, done } = await chunks.next()
        if (done) throw new Error('The stream ended.')
        text += value
      }
    }
    return { type: response.headers['content-type'], next, end: () => stream.destroy() }
  }

  test('sends each event as it happens, whichever of two servers it happened at', async () => {
    const other = await createApp(panel.panel)
    await happen()
    const tails = [await follow(panel.app), await follow(other)]
    await panel.call('POST', '/api/users', { displayName: 'Adele Vance', email: 'adelev@contoso.com' })
    for (const tail of tails) {
      expect(tail.type).toBe('text/event-stream')
      const { id, event } = await tail.next()
      expect(id).toBe('2')
      expect(event).toMatchObject({ seq: 2, action: 'user.created', target: { name: 'Adele Vance' } })
      expect(event).toEqual((await list()).items[0])
      tail.end()
    }
    await other.close()
  })

  test('goes on where a browser left off, or where it is asked to begin', async () => {
    for (let n = 0; n < 3; n++) await happen()
    const again = await follow(panel.app, 'after=0', { 'last-event-id': '2' })
    expect((await again.next()).id).toBe('3')
    again.end()
    const begun = await follow(panel.app, 'after=0')
    expect([(await begun.next()).id, (await begun.next()).id]).toEqual(['1', '2'])
    begun.end()
  })

  test('ends after a minute, so that the browser is asked again who it is', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const tail = await follow(panel.app)
      const next = tail.next()
      vi.setSystemTime(Date.now() + 61_000)
      await expect(next).rejects.toThrow('The stream ended.')
    } finally {
      vi.useRealTimers()
    }
  })

  test('sends what matches alone', async () => {
    const tail = await follow(panel.app, 'after=0&action=import')
    await happen()
    await happen({ action: 'import.started' })
    expect((await tail.next()).event.action).toBe('import.started')
    tail.end()
  })
})

describe('the export', () => {
  const exported = async (search = '') => {
    const { body, headers } = await panel.call<unknown>('GET', `/api/audit/export?${search}`)
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return { headers, lines: text.trimEnd().split('\n'), text }
  }

  test('is one JSON object a line, oldest first, with the export itself as the last', async () => {
    await query(`
      insert into audit_events (workspace_id, actor_name, action)
      select '${panel.admin.workspaceId}', 'Adele Vance', 'user.edited' from generate_series(1, 1200)`)
    const { lines, headers } = await exported()
    expect(headers['content-type']).toBe('application/jsonl; charset=utf-8')
    expect(headers['content-disposition']).toBe('attachment; filename="keyroster-audit.jsonl"')
    const events: AuditEvent[] = lines.map((line) => JSON.parse(line))
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 1201 }, (_, n) => n + 1))
    expect(events.at(-1)).toMatchObject({
      action: 'audit.exported',
      actor: { id: panel.admin.id },
      detail: { filter: {} },
      address: '127.0.0.1',
    })
    expect(events.slice(1).every((event, at) => event.previousHash === events[at]!.hash)).toBe(true)
  })

  test('holds only what matches, and the log tells what was looked for', async () => {
    await happen({ action: 'import.started' })
    await happen()
    const { lines } = await exported('action=import')
    expect(lines.map((line) => JSON.parse(line).seq)).toEqual([1])
    expect((await list()).items[0]).toMatchObject({ detail: { filter: { action: 'import' } } })
  })

  test('is proven by whoever has nothing but the file', async () => {
    await happen({ target: { kind: 'user', id: 'u1', name: 'Zoë "Z" \\ 王' }, detail: { from: null } })
    const { lines } = await exported()
    const event: AuditEvent = JSON.parse(lines[0]!)
    const row: ChainedEvent = {
      workspace_id: panel.admin.workspaceId,
      seq: String(event.seq),
      id: event.id,
      at: event.at,
      actor_id: event.actor.id,
      actor_name: event.actor.name,
      token_id: event.actor.tokenId,
      action: event.action,
      outcome: event.outcome,
      target_kind: event.target!.kind,
      target_id: event.target!.id,
      target_name: event.target!.name,
      detail: '{"from": null}',
      address: event.address,
      request_id: event.requestId,
      previous_hash: event.previousHash,
      hash: event.hash,
    }
    expect(hashEvent(row)).toBe(event.hash)
  })

  test('has one line an event, and nothing in it that a terminal obeys, whatever a name holds', async () => {
    const name = 'Adele\r\n{"seq":9}\x1b[2J\x7f\x9b31m\u2028\u202egnp.exe\u2066'
    await happen({ actor: { id: null, name }, target: { kind: 'user', id: 'u1', name }, detail: { name } })
    const { lines, text } = await exported()
    expect(lines).toHaveLength(2)
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    expect(JSON.parse(lines[0]!)).toMatchObject({ actor: { name }, target: { name }, detail: { name } })
  })

  test('needs a fresh touch of a passkey', async () => {
    await query("update sessions set stepped_up_at = now() - interval '6 minutes'")
    const answer = await panel.call('GET', '/api/audit/export')
    await query('update sessions set stepped_up_at = now()')
    expect(answer).toMatchObject({ status: 403, body: { code: 'step_up_needed' } })
  })
})

describe('for how long events are kept', () => {
  const path = '/api/audit/retention'

  test('is for ever until an owner says otherwise, which is an event', async () => {
    expect((await panel.call('GET', path)).body).toEqual({ days: null })
    expect(await panel.call('PUT', path, { days: 365 })).toMatchObject({ status: 200, body: { days: 365 } })
    await panel.call('PUT', path, { days: 365 })
    expect(await panel.call('PUT', path, { days: null })).toMatchObject({ body: { days: null } })
    expect((await list()).items).toMatchObject([
      { action: 'audit.retention-changed', detail: { before: 365, after: null } },
      {
        action: 'audit.retention-changed',
        detail: { before: null, after: 365 },
        actor: { id: panel.admin.id },
      },
    ])
  })

  test('is ninety days at least', async () => {
    for (const body of [{ days: 89 }, { days: 0 }, { days: -1 }, { days: 90.5 }, { days: '90' }, {}])
      expect((await panel.call('PUT', path, body)).status).toBe(400)
    expect((await panel.call('GET', path)).body).toEqual({ days: null })
  })
})
