import { type Verified, verifyAudit } from '../audit/verify.ts'
import { readConfig } from '../config.ts'
import { joinDatabase } from '../db/open.ts'
import { printableJson } from '../printable-json.ts'
import { StartRefusal } from '../start-refusal.ts'
import { isUpToDate } from './is-up-to-date.ts'
import { readArguments } from './read-arguments.ts'

const number = new Intl.NumberFormat('en')

/**
 * `keyroster audit verify`: proves the audit events of every workspace, whether the panel runs or not, and changes nothing.
 * Answers 1 where one is not as it was written.
 */
export async function audit(args: string[]): Promise<number> {
  const [word] = readArguments('audit', args, {}, 1).words
  if (word !== 'verify') throw new StartRefusal('Say what to do with the audit log: keyroster audit verify')
  const database = await joinDatabase(readConfig(process.env))
  try {
    if (!(await isUpToDate(database.pool))) {
      throw new StartRefusal(
        'The database is of an older Keyroster. Start the panel once, which upgrades it.',
      )
    }
    const workspaces = await database.db
      .selectFrom('workspaces')
      .select(['id', 'name'])
      .orderBy('id')
      .execute()
    let code = 0
    for (const { id, name } of workspaces) {
      const verified = await verifyAudit(database.db, id)
      console.log(verifiedLines(name, verified).join('\n'))
      if (verified.broken) code = 1
    }
    return code
  } finally {
    await database.close()
  }
}

const counted = (events: number) => `${number.format(events)} ${events === 1 ? 'event' : 'events'}`

/** How the console shows what came of it. The name of a workspace may hold anything. */
export function verifiedLines(name: string, { events, head, purged, broken }: Verified): string[] {
  const called = printableJson(JSON.stringify(name))
  return [
    broken === null
      ? `Workspace ${called}: ${counted(events)}, unbroken.`
      : `Workspace ${called}: BROKEN at event ${broken.seq}. ${broken.finding}`,
    ...(purged === 0 ? [] : [`  Before them, ${counted(purged)} were removed for their age.`]),
    `  Newest event: ${head.seq}, hash ${head.hash}`,
  ]
}
