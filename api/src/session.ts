import { z } from 'zod'
import { role } from './roles.ts'

export const passkey = z.object({
  id: z.uuid(),
  name: z.string(),
  /** What its authenticator says it is; null where it says nothing, or something that is not well known. */
  model: z.string().nullable(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime().nullable(),
  backedUp: z.boolean(),
})
export type Passkey = z.infer<typeof passkey>

/** GET /api/passkeys — oldest first. */
export const passkeyList = z.object({ items: z.array(passkey) })

/** Who is signed in, and in which workspace. `passkeys` is how many they hold: none means "add one". */
export const session = z.object({
  admin: z.object({ id: z.uuid(), name: z.string(), email: z.string().nullable(), role }),
  workspace: z.object({ id: z.uuid(), name: z.string() }),
  passkeys: z.number().int(),
  /** Whether they bound a Microsoft account. */
  microsoft: z.boolean(),
  /** Until when dangerous deeds need no new touch of a passkey; null where there was none. */
  steppedUpUntil: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime(),
  version: z.string(),
})
export type Session = z.infer<typeof session>

/** POST /api/session/link — spends the one-time link the console printed; answers the session. */
export const signInByLink = z.strictObject({ token: z.string().min(20).max(200) })

/** WebAuthn JSON as the browser makes it; @simplewebauthn verifies its content. */
const webauthnResponse = z.looseObject({
  id: z.string(),
  rawId: z.string(),
  type: z.literal('public-key'),
})

/** POST /api/session/passkey — `ceremony` comes with the options; answers the session. */
export const signInByPasskey = z.strictObject({ ceremony: z.uuid(), response: webauthnResponse })

/** POST /api/session/passkey/options and /api/passkeys/options answer with this. */
export const webauthnOptions = z.object({ ceremony: z.uuid(), options: z.record(z.string(), z.unknown()) })
export type WebauthnOptions = z.infer<typeof webauthnOptions>

/**
 * POST /api/session/step-up, with options from POST /api/session/step-up/options — a passkey of the very admin; answers the
 * session, which has a new id from then on. Throws passkey_refused.
 */
export const stepUp = z.strictObject({ ceremony: z.uuid(), response: webauthnResponse })

/**
 * PATCH /api/session/profile — answers the session. A new email asks for a fresh touch of a passkey (step_up_needed); throws
 * already_admin where another admin has it.
 */
export const updateProfile = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  email: z.email().max(320).optional(),
})

/** POST /api/passkeys — answers the passkey. Whoever has one already touches it first (step_up_needed). */
export const addPasskey = z.strictObject({
  ceremony: z.uuid(),
  name: z.string().trim().min(1).max(60),
  response: webauthnResponse,
})
