import { z } from 'zod'
import { panelPath } from './panel-path.ts'
import { role } from './roles.ts'

/** Somebody who may sign in to the panel. */
export const admin = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string().nullable(),
  role,
  /** Who is disabled can do nothing; their name stays in what they did. */
  disabledAt: z.iso.datetime().nullable(),
  passkeys: z.number().int(),
  /** Bound to a Microsoft account by themselves. */
  microsoft: z.boolean(),
  lastSeenAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  /** Whether it is you. */
  self: z.boolean(),
})
export type Admin = z.infer<typeof admin>

/** GET /api/admins — by name. A workspace has few, so there are no pages. */
export const adminList = z.object({ items: z.array(admin) })

/** PATCH /api/admins/:id — answers the admin. Throws last_owner where no owner who can sign in would remain. */
export const updateAdmin = z.strictObject({
  name: z.string().trim().min(1).max(100).optional(),
  role: role.optional(),
  disabled: z.boolean().optional(),
})

/** An invitation that is not taken yet. */
const invitation = z.object({
  id: z.uuid(),
  name: z.string(),
  email: z.string(),
  role,
  invitedBy: z.string(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
})
export type Invitation = z.infer<typeof invitation>

/** GET /api/invitations — newest first. DELETE /api/invitations/:id takes one back. */
export const invitationList = z.object({ items: z.array(invitation) })

/** POST /api/invitations — answers 201; throws already_admin. Inviting somebody again replaces their open invitation. */
export const createInvitation = z.strictObject({
  name: z.string().trim().min(1).max(100),
  email: z.email().max(320),
  role,
})

/** The link is shown this once: it opens the panel once within 24 hours, for whoever holds it. */
export const createdInvitation = z.object({ invitation, link: z.url() })

/** POST /api/session/invitation/look — what an invitation offers, before it is taken; link_spent where it is none. */
export const lookAtInvitation = z.strictObject({ token: z.string().min(20).max(200) })
export const offeredInvitation = z.object({
  workspace: z.string(),
  name: z.string(),
  email: z.string(),
  role,
})

/** POST /api/session/invitation — takes it: makes the admin, answers the session (api/session.ts). A passkey is added next. */
export const takeInvitation = z.strictObject({ token: z.string().min(20).max(200) })

/** One place where somebody is signed in. */
const signedInSession = z.object({
  id: z.uuid(),
  admin: z.object({ id: z.uuid(), name: z.string() }),
  way: z.enum(['link', 'passkey', 'invitation', 'microsoft']),
  address: z.string().nullable(),
  userAgent: z.string().nullable(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  /** Whether it is the one that asks. */
  current: z.boolean(),
})
export type SignedInSession = z.infer<typeof signedInSession>

/**
 * GET /api/sessions (one's own) and GET /api/admins/:id/sessions — last seen first. DELETE /api/sessions/:id and
 * DELETE /api/admins/:id/sessions/:sessionId end one; DELETE /api/sessions ends all others of one's own.
 */
export const sessionList = z.object({ items: z.array(signedInSession) })

/** GET and PUT /api/settings/sign-in — an owner turns Sign in with Microsoft on; it is off until then. */
export const signInSettings = z.strictObject({ microsoft: z.boolean() })

/**
 * GET /api/session/ways — what the sign-in page offers, to anybody. `tenants` are those whose accounts may sign in, none
 * where it is off; `connectionId` chooses one below, and without a choice it is the first.
 */
export const signInWays = z.object({
  microsoft: z.boolean(),
  tenants: z.array(z.object({ connectionId: z.uuid(), name: z.string() })),
})

/**
 * POST /api/session/microsoft — begins to sign in with Microsoft, for anybody; throws microsoft_sign_in_off. Microsoft leads
 * back to `returnTo`, a path of the panel, or to /sign-in?problem=CODE.
 * POST /api/session/microsoft/bind — the same for somebody signed in, with a fresh touch: leads back to `returnTo` with
 * microsoft=bound or problem=CODE. DELETE /api/session/microsoft unbinds.
 */
export const leaveForMicrosoft = z.strictObject({
  returnTo: panelPath.default('/'),
  connectionId: z.uuid().optional(),
})
export const goToMicrosoft = z.object({ url: z.url() })
