import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { migrate } from '../db/migrate.ts'
import type { Database } from '../db/open.ts'
import { createBareTestDatabase, createTestDatabase } from '../db/test-database.ts'
import { transaction } from '../db/transaction.ts'
import { actors, audit, type Deed } from './record.ts'
import { purgeEvents } from './retention.ts'
import { unguarded } from './test-audit.ts'
import { verifyAudit } from './verify.ts'

let database: Database
let workspaceId: string
beforeAll(async () => {
  database = await createTestDatabase()
})
afterAll(() => database.close())
beforeEach(async () => {
  await query(unguarded('truncate workspaces cascade'))
  const made = await query("insert into workspaces (name) values ('Contoso') returning id")
  workspaceId = made.rows[0].id
})

const query = (text: string) => database.pool.query(text)
const tamper = (statement: string) => query(unguarded(statement))
const verify = () => verifyAudit(database.db, workspaceId)

const deed = (changes: Partial<Deed> = {}): Deed => ({
  workspaceId,
  actor: { id: crypto.randomUUID(), name: 'Adele Vance', token: { id: crypto.randomUUID() } },
  action: 'user.edited',
  target: { kind: 'user', id: 'u1', name: 'Alex Wilber' },
  detail: { before: { jobTitle: null }, after: { jobTitle: 'Engineer' } },
  request: { id: 'r1', ip: '192.0.2.7' },
  ...changes,
})

const happen = async (times: number) => {
  for (let n = 0; n < times; n++) await audit(database.db, deed())
}

const seqs = async () => (await query('select seq from audit_events order by seq')).rows.map(({ seq }) => seq)

/** So many events, of which the first `old` are older than they are kept. */
async function age(times: number, old: number): Promise<void> {
  await query('update workspaces set audit_retention_days = 90')
  await happen(times)
  // Their hashes are made anew, as if the clock had stood at that time.
  await tamper(`
    do $$
    declare event audit_events; previous bytea := decode(repeat('00', 32), 'hex');
    begin
      for event in select * from audit_events order by seq loop
        if event.seq <= ${old} then event.at := event.at - interval '91 days'; end if;
        event.previous_hash := previous;
        event.hash := audit_hash(event);
        previous := event.hash;
        update audit_events set at = event.at, previous_hash = event.previous_hash, hash = event.hash where id = event.id;
      end loop;
      update audit_heads set hash = previous;
    end $$`)
}

describe('the chain of events', () => {
  test('is unbroken where nobody touched it, and its head is the newest event', async () => {
    await happen(5)
    const { rows } = await query("select encode(hash, 'hex') as hash from audit_events where seq = 5")
    expect(await verify()).toEqual({
      events: 5,
      head: { seq: 5, hash: rows[0].hash },
      purged: 0,
      broken: null,
    })
  })

  test('is unbroken where nothing happened yet', async () => {
    expect(await verify()).toMatchObject({ events: 0, head: { seq: 0 }, broken: null })
  })

  test('has the same hash in JavaScript as in the database, whatever texts an event holds', async () => {
    const texts = [
      '',
      '-',
      '3:abc',
      ' ',
      '"\'`\\ \\u0000 \b\f\n\r\t',
      '\x1b[31mred\x1b[0m\r\nforged line',
      '\x7f\x85\x9b\u2028\u2029\ufeff',
      'ß ſ K İ ı é e\u0301 ﬁ',
      '\u202eevil\u2066',
      '👩‍💻🏴󠁧󠁢󠁥󠁮󠁧󠁿',
      '\ud83d',
      'a\0b',
      'null',
      '__proto__',
      '{"a":1}',
    ]
    for (const text of texts) {
      await audit(
        database.db,
        deed({
          actor: { id: null, name: text },
          target: { kind: text.replaceAll('\0', ''), id: text.replaceAll('\0', ''), name: text },
          detail: {
            zebra: text,
            a: [text, { [`key ${text.replaceAll('\0', '')}`.toWellFormed()]: text, b: null, aa: true }],
            '': text,
            numbers: [0, -0, 1.5, 1e21, 1e-7, Number.MAX_SAFE_INTEGER, 123456789.125],
            ß: 1,
            é: 2,
          },
          request: { id: text.replaceAll('\0', ''), ip: '2001:db8::1' },
        }),
      )
    }
    await audit(database.db, { workspaceId, actor: actors.keyroster, action: 'import.finished' })
    expect(await verify()).toMatchObject({ events: texts.length + 1, broken: null })
  })

  test('does not fork where transactions of two connections record at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        transaction(database.db, async (tx) => {
          await audit(tx, deed({ detail: { n } }))
          if (n % 5 === 0) throw new Error('undone')
        }).catch(() => {}),
      ),
    )
    expect(await seqs()).toEqual(Array.from({ length: 32 }, (_, n) => n + 1))
    expect(await verify()).toMatchObject({ events: 32, broken: null })
  })

  test('is one of its own in each workspace, and one is not held up by another', async () => {
    const { rows } = await query("insert into workspaces (name) values ('Fabrikam') returning id")
    const other: string = rows[0].id
    await transaction(database.db, async (tx) => {
      await audit(tx, deed())
      await audit(database.db, deed({ workspaceId: other }))
    })
    expect(await verify()).toMatchObject({ events: 1, broken: null })
    expect(await verifyAudit(database.db, other)).toMatchObject({ events: 1, head: { seq: 1 }, broken: null })
  })

  test('is walked in pages', async () => {
    await query(`
      insert into audit_events (workspace_id, actor_name, action)
      select '${workspaceId}', 'Adele Vance', 'user.edited' from generate_series(1, 2500)`)
    expect(await verify()).toMatchObject({ events: 2500, broken: null })
    await tamper("update audit_events set actor_name = 'Alex Wilber' where seq = 2001")
    expect(await verify()).toMatchObject({ events: 2000, broken: { seq: 2001 } })
  })
})

test('events from before there was a chain are chained as they stand', async () => {
  const old = await createBareTestDatabase()
  try {
    await migrate(old.pool, undefined, 2)
    await old.pool.query(`
      insert into workspaces (name) values ('Contoso'), ('Fabrikam');
      insert into audit_events (workspace_id, at, actor_name, action, detail)
      select w.id, '2026-01-01'::timestamptz + n * interval '1 hour', 'Adele Vance', 'user.edited', '{"bb": 1, "a": [null]}'
      from workspaces w, generate_series(1, 3) n;
      insert into audit_events (at, actor_name, action) values ('2025-12-31', 'Nobody', 'user.created')`)
    await migrate(old.pool)
    const { rows } = await old.pool.query('select id from workspaces order by created_at, id')
    expect(await verifyAudit(old.db, rows[0].id)).toMatchObject({ events: 4, broken: null })
    expect(await verifyAudit(old.db, rows[1].id)).toMatchObject({ events: 3, broken: null })
    const first = await old.pool.query('select actor_name, at from audit_events where seq = 1 order by at')
    expect(first.rows.map(({ actor_name }) => actor_name)).toEqual(['Nobody', 'Adele Vance'])
  } finally {
    await old.close()
  }
})

describe('an event', () => {
  test('says when it was written and where it stands by the database alone', async () => {
    await query(`
      insert into audit_events (workspace_id, actor_name, action, at, seq, hash, previous_hash)
      values ('${workspaceId}', 'Adele Vance', 'user.edited', '2001-01-01', 99, 'x', 'y')`)
    const { rows } = await query("select seq, at > now() - interval '1 minute' as fresh from audit_events")
    expect(rows).toEqual([{ seq: 1, fresh: true }])
    expect(await verify()).toMatchObject({ events: 1, broken: null })
  })

  test('can be neither changed nor deleted nor truncated away', async () => {
    await happen(2)
    for (const statement of [
      "update audit_events set actor_name = 'Alex Wilber'",
      'update audit_events set seq = seq + 1 where false',
      'delete from audit_events where seq = 1',
      'delete from audit_events',
      'truncate audit_events',
      'truncate workspaces cascade',
    ]) {
      await expect(query(statement)).rejects.toThrow(/audit events are kept as they are: \w+ is refused/)
    }
    expect(await verify()).toMatchObject({ events: 2, broken: null })
  })
})

describe('whoever takes the guards off and', () => {
  const changed = { seq: 3, finding: 'It was changed after it was written.' }
  const uuid = "'00000000-0000-4000-8000-000000000000'"

  test.each([
    ['id', uuid],
    ['at', "at + interval '1 microsecond'"],
    ['actor_id', uuid],
    ['actor_id', 'null'],
    ['actor_name', "actor_name || ' '"],
    ['token_id', uuid],
    ['token_id', 'null'],
    ['action', "'user.created'"],
    ['outcome', "'refused'"],
    ['target_kind', "'group'"],
    ['target_id', "'u2'"],
    ['target_id', 'null'],
    ['target_name', "''"],
    ['detail', `'{"before": {"jobTitle": null}, "after": {"jobTitle": "engineer"}}'`],
    ['detail', "'{}'"],
    ['address', "'192.0.2.8'"],
    ['request_id', "'r2'"],
    ['previous_hash', "sha256('x')"],
    ['hash', "sha256('x')"],
  ])('sets %s to %s is found out', async (column, value) => {
    await happen(5)
    await tamper(`update audit_events set ${column} = ${value} where seq = 3`)
    expect(await verify()).toMatchObject({ events: 2, broken: changed })
  })

  test('moves a text from one field to the next is found out', async () => {
    await happen(5)
    await tamper("update audit_events set target_kind = 'use', target_id = 'ru1' where seq = 3")
    expect((await verify()).broken).toEqual(changed)
  })

  test('changes an event and makes its hash anew is found out by the next one', async () => {
    await happen(5)
    await tamper(`
      update audit_events set actor_name = 'Alex Wilber' where seq = 3;
      update audit_events e set hash = audit_hash(e) where seq = 3`)
    expect((await verify()).broken).toEqual({
      seq: 4,
      finding: 'It was written after another event than the one that stands before it.',
    })
  })

  test('deletes an event is found out, also where the others are numbered anew', async () => {
    await happen(5)
    await tamper('delete from audit_events where seq = 3')
    expect((await verify()).broken).toEqual({ seq: 3, finding: 'It is missing.' })
    await tamper(`
      update audit_events set seq = seq - 1 where seq > 3; update audit_heads set seq = seq - 1`)
    expect((await verify()).broken).toEqual(changed)
  })

  test('deletes the first event is found out', async () => {
    await happen(3)
    await tamper('delete from audit_events where seq = 1')
    expect((await verify()).broken).toEqual({ seq: 1, finding: 'It is missing.' })
  })

  test('swaps two events is found out', async () => {
    await happen(5)
    await tamper(`
      update audit_events set seq = -3 where seq = 3; update audit_events set seq = 3 where seq = 4;
      update audit_events set seq = 4 where seq = -3`)
    expect((await verify()).broken).toEqual(changed)
  })

  test('cuts the newest events off is found out by the head', async () => {
    await happen(5)
    await tamper('delete from audit_events where seq > 3')
    expect((await verify()).broken).toEqual({ seq: 4, finding: 'It is missing, with all up to event 5.' })
    await tamper('update audit_heads set seq = 3')
    expect((await verify()).broken).toEqual({
      seq: 3,
      finding: 'The head of the chain names another event as the newest.',
    })
  })

  test('removes the head is found out', async () => {
    await happen(2)
    await query('delete from audit_heads')
    expect((await verify()).broken).toMatchObject({ seq: 2 })
  })

  test('adds an event behind the newest, or before the first, is found out', async () => {
    await happen(2)
    const forge = (seq: number) => `
      insert into audit_events (workspace_id, actor_name, action, seq, previous_hash, hash)
      select workspace_id, 'Adele Vance', 'user.edited', ${seq}, hash, sha256('x') from audit_heads`
    await tamper(forge(3))
    expect((await verify()).broken).toMatchObject({ seq: 3 })
    await tamper(`delete from audit_events where seq = 3; ${forge(0)}`)
    expect((await verify()).broken).toEqual({
      seq: 0,
      finding: 'It stands before the beginning of the chain.',
    })
  })

  test('removes old events as if they had been too old is found out, for no event tells of it', async () => {
    await happen(5)
    await tamper(`
      update audit_heads set purged_seq = 2, purged_hash = (select hash from audit_events where seq = 2);
      delete from audit_events where seq <= 2`)
    expect((await verify()).broken).toEqual({
      seq: 2,
      finding: 'It is missing with all before it, and no event tells of their removal.',
    })
  })
})

describe('keeping events for so many days', () => {
  test('removes the older ones, tells of it in an event, and the rest is still proven', async () => {
    await age(6, 4)
    expect(await purgeEvents(database.db)).toBe(4)
    expect(await seqs()).toEqual([5, 6, 7])
    const { rows } = await query(
      'select actor_id, actor_name, action, detail from audit_events where seq = 7',
    )
    expect(rows).toEqual([
      {
        actor_id: null,
        actor_name: 'Keyroster',
        action: 'audit.purged',
        detail: { days: 90, events: 4, through: 4, hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      },
    ])
    expect(await verify()).toMatchObject({ events: 3, purged: 4, broken: null })
    await happen(1)
    expect(await purgeEvents(database.db)).toBe(0)
    await tamper("update audit_events set actor_name = 'Alex Wilber' where seq = 6")
    expect((await verify()).broken).toMatchObject({ seq: 6 })
  })

  test('removes many in several transactions, of which every one is told', async () => {
    await age(7, 7)
    for (const removed of [3, 3, 1, 0]) {
      const { rows } = await query(`select purge_audit_events('${workspaceId}', 3) as removed`)
      expect(rows).toEqual([{ removed }])
      expect((await verify()).broken).toBeNull()
    }
    expect(await seqs()).toEqual([8, 9, 10])
  })

  test('keeps an old event that stands behind a newer one, as after the clock was set back', async () => {
    await age(4, 2)
    await tamper("update audit_events set at = at - interval '91 days' where seq = 4")
    expect(await purgeEvents(database.db)).toBe(2)
    expect(await seqs()).toEqual([3, 4, 5])
  })

  test('removes nothing where nothing is said, and fewer than ninety days cannot be said', async () => {
    await age(3, 3)
    await query('update workspaces set audit_retention_days = null')
    expect(await purgeEvents(database.db)).toBe(0)
    await expect(query('update workspaces set audit_retention_days = 89')).rejects.toThrow(/check constraint/)
  })
})
