import type { signInSettings } from '@keyroster/api/admins.ts'
import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import type { z } from 'zod'
import { audit } from '../audit/record.ts'
import type { Db } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'

type SignInSettings = z.infer<typeof signInSettings>

export async function readSignInSettings(db: Db, workspaceId: string): Promise<SignInSettings> {
  const { sign_in_with_microsoft: microsoft } = await db
    .selectFrom('workspaces')
    .select('sign_in_with_microsoft')
    .where('id', '=', workspaceId)
    .executeTakeFirstOrThrow()
  return { microsoft }
}

/** Turns Sign in with Microsoft on or off. Turned off, it also ends the sessions that were begun by it. */
export async function setSignInSettings(
  db: Db,
  request: FastifyRequest,
  wish: SignInSettings,
): Promise<void> {
  const { admin } = request
  await transaction(db, async (tx) => {
    const changed = await sql`
      update workspaces set sign_in_with_microsoft = ${wish.microsoft}
      where id = ${admin.workspaceId} and sign_in_with_microsoft <> ${wish.microsoft} returning id`.execute(
      tx,
    )
    if (changed.rows.length === 0) return
    if (!wish.microsoft) {
      await sql`delete from sessions where workspace_id = ${admin.workspaceId} and way = 'microsoft'`.execute(
        tx,
      )
    }
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'setting.changed',
      detail: { setting: 'sign-in-with-microsoft', to: wish.microsoft },
      request,
    })
  })
}
