import { z } from 'zod'
import { tokenScopes } from './roles.ts'

const scope = z.enum(tokenScopes)

/** A key for scripts. It can never do more than the person who made it. */
const apiToken = z.object({
  id: z.uuid(),
  name: z.string(),
  admin: z.object({ id: z.uuid(), name: z.string() }),
  /** The first characters, so that a found token can be told from others. */
  prefix: z.string(),
  scopes: z.array(scope),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  /** Whether it is the signed-in admin's own. */
  own: z.boolean(),
})
export type ApiToken = z.infer<typeof apiToken>

/** GET /api/tokens — everybody's live tokens, newest first. DELETE /api/tokens/:id revokes one. */
export const apiTokenList = z.object({ items: z.array(apiToken) })

/** POST /api/tokens — answers 201; throws token_scope_too_wide for a scope that the person's role does not have. */
export const createToken = z.strictObject({
  name: z.string().trim().min(1).max(60),
  scopes: z.array(scope).min(1).max(tokenScopes.length),
  days: z.number().int().min(1).max(365).default(90),
})

/** The secret is shown this once. */
export const createdToken = z.object({ token: apiToken, secret: z.string() })
