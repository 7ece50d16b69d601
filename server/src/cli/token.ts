import { tokenScopes } from '@keyroster/api/roles.ts'
import { type ApiToken, createToken as createTokenBody } from '@keyroster/api/tokens.ts'
import { createToken } from '../admins/create-token.ts'
import { ensureOperator } from '../admins/operator.ts'
import { revokeToken } from '../admins/revoke-token.ts'
import { listTokens } from '../admins/tokens.ts'
import { actors } from '../audit/record.ts'
import { readConfig } from '../config.ts'
import { migrate } from '../db/migrate.ts'
import { joinDatabase } from '../db/open.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { nearest } from '../nearest.ts'
import { ProblemError } from '../problem.ts'
import { StartRefusal } from '../start-refusal.ts'
import { findAdmin } from './find-admin.ts'
import { createTokenOptions, listTokensOptions } from './options.ts'
import { inColumns, printable } from './printable.ts'
import { readArguments } from './read-arguments.ts'

/** `keyroster token create|list|revoke`: API tokens from the server's console, whether the panel runs or not. */
export async function token([deed, ...args]: string[]): Promise<void> {
  if (deed === 'create') return await create(args)
  if (deed === 'list') return await list(args)
  if (deed === 'revoke') return await revoke(args)
  throw new StartRefusal(
    'Say what to do: keyroster token create, list or revoke. keyroster help lists their options.',
  )
}

/** Prints the secret alone on standard output, so that a script can take it from there. */
async function create(args: string[]): Promise<void> {
  const { admin: email, json, ...wish } = readArguments('token create', args, createTokenOptions).values
  const asked = readWish(wish)
  const made = await withDatabase(async (db) => {
    const owner = await findAdmin(db, email)
    return transaction(db, (tx) => createToken(tx, owner, asked, { actor: actors.console })).catch(asRefusal)
  })
  const { name, admin, scopes, expiresAt } = made.token
  console.error(
    `“${printable(name)}” acts for ${printable(admin.name)} until ${day(expiresAt)}: ${scopes.join(', ')}. It is shown this once:`,
  )
  console.log(json ? JSON.stringify(made, null, 2) : made.secret)
}

async function list(args: string[]): Promise<void> {
  const { json } = readArguments('token list', args, listTokensOptions).values
  const items = await withDatabase(async (db) => listTokens(db, await workspaceOf(db), null))
  if (json) console.log(JSON.stringify({ items }, null, 2))
  else if (items.length === 0) console.log('There are no API tokens. Make one with: keyroster token create')
  else console.log(inColumns([heading, ...items.map(asRow)]).join('\n'))
}

async function revoke(args: string[]): Promise<void> {
  const [word] = readArguments('token revoke', args, {}, 1).words
  if (word === undefined)
    throw new StartRefusal('Say which: keyroster token revoke ID, or how it begins: kr_…')
  const { name, adminName } = await withDatabase(async (db) => {
    const workspaceId = await workspaceOf(db)
    const found = (await listTokens(db, workspaceId, null)).filter(
      ({ id, prefix }) => id === word || word.startsWith(prefix),
    )
    const [one, another] = found
    if (one === undefined) {
      throw new StartRefusal(
        'There is no such live token. Those that live are listed by: keyroster token list',
      )
    }
    if (another)
      throw new StartRefusal(`Several tokens begin so. Say which ID: ${found.map(({ id }) => id).join(', ')}`)
    return transaction(db, (tx) => revokeToken(tx, workspaceId, one.id, { actor: actors.console })).catch(
      asRefusal,
    )
  })
  console.log(`Revoked “${printable(name)}” of ${printable(adminName)}. It opens nothing any more.`)
}

/** What to make, checked. Throws StartRefusal. */
function readWish({ name, scope = [], days }: { name?: string; scope?: string[]; days?: string }) {
  const refuse = (reason: string) => new StartRefusal(`keyroster token create: ${reason}`)
  const unknown = scope.find((each) => !tokenScopes.some((known) => known === each))
  if (unknown !== undefined) {
    throw refuse(`there is no scope ${unknown}. Did you mean ${nearest(unknown, [...tokenScopes])}?`)
  }
  if (!name?.trim()) throw refuse('say what it is for, with --name.')
  if (scope.length === 0) throw refuse(`say what it may do, with --scope: ${tokenScopes.join(', ')}.`)
  const wish = createTokenBody.safeParse({
    name,
    scopes: scope,
    ...(days !== undefined && { days: Number(days) }),
  })
  if (wish.success) return wish.data
  throw refuse(
    wish.error.issues[0]!.path[0] === 'days'
      ? '--days is a number from 1 to 365.'
      : '--name is at most 60 characters.',
  )
}

async function withDatabase<Result>(work: (db: Db) => Promise<Result>): Promise<Result> {
  const database = await joinDatabase(readConfig(process.env))
  try {
    await migrate(database.pool)
    return await work(database.db)
  } finally {
    await database.close()
  }
}

async function workspaceOf(db: Db): Promise<string> {
  const found = await db
    .selectFrom('admins')
    .select('workspace_id')
    .where('id', '=', await ensureOperator(db))
    .executeTakeFirstOrThrow()
  return found.workspace_id
}

/** A problem that the API would answer is a sentence here. */
function asRefusal(error: unknown): never {
  if (error instanceof ProblemError) throw new StartRefusal(error.message, { cause: error })
  throw error
}

const heading = ['BEGINS', 'NAME', 'ADMIN', 'UNTIL', 'LAST USED', 'SCOPES', 'ID']

const asRow = ({ id, name, admin, prefix, scopes, expiresAt, lastUsedAt }: ApiToken) => [
  prefix,
  printable(name),
  printable(admin.name),
  day(expiresAt),
  lastUsedAt ? day(lastUsedAt) : 'never',
  scopes.join(' '),
  id,
]

const day = (iso: string) => iso.slice(0, 10)
