import { z } from 'zod'
import { groupKind } from './connections.ts'
import { pageOf, pageQuery } from './page.ts'

/** An imported group with the people of it that the workspace holds; its members: GET /api/users?group= */
export const group = z.object({
  id: z.uuid(),
  displayName: z.string(),
  description: z.string().nullable(),
  mail: z.string().nullable(),
  kind: groupKind,
  dynamic: z.boolean(),
  connectionId: z.uuid().nullable(),
  objectId: z.guid(),
  memberCount: z.number().int(),
  lastImportedAt: z.iso.datetime(),
})
export type Group = z.infer<typeof group>

export const groupQuery = pageQuery.extend({ search: z.string().trim().max(200).optional() })
export const groupPage = pageOf(group)
