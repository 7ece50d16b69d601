import type { CreateUser, UserDetail } from '@keyroster/api/users.ts'
import type { FastifyRequest } from 'fastify'
import type { Updateable } from 'kysely'
import { audit } from '../audit/record.ts'
import type { Db, Schema } from '../db/schema.ts'
import { transaction } from '../db/transaction.ts'
import { columnOf } from './attributes.ts'
import { claimEmail } from './claim-email.ts'
import { foldName, searchText } from './fold.ts'
import { raiseRevision } from './raise-revision.ts'
import { readUser } from './read-user.ts'

/** Adds a user by hand. Throws email_already_used. */
export async function addUser(db: Db, request: FastifyRequest, input: CreateUser): Promise<UserDetail> {
  const { admin } = request
  return transaction(db, async (tx) => {
    await raiseRevision(tx, admin.workspaceId)
    const { id } = await tx
      .insertInto('users')
      .values({
        ...columnsOf(input),
        workspace_id: admin.workspaceId,
        display_name: input.displayName,
        name_folded: foldName(input.displayName),
        email_folded: await claimEmail(tx, admin.workspaceId, input.email, null),
        search: searchText(input.displayName, input.email, null),
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await audit(tx, {
      workspaceId: admin.workspaceId,
      actor: admin,
      action: 'user.created',
      target: { kind: 'user', id, name: input.displayName },
      detail: { email: input.email },
      request,
    })
    return readUser(tx, admin.workspaceId, id)
  })
}

/** An emptied field is no value. */
function columnsOf(input: CreateUser): Updateable<Schema['users']> {
  const names = Object.keys(input) as (keyof CreateUser)[]
  return Object.fromEntries(names.map((name) => [columnOf[name], input[name] || null]))
}
