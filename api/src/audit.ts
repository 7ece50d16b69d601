import { z } from 'zod'
import { pageQuery } from './page.ts'

/**
 * Everything that is recorded, as it goes on after the name of who did it: "Operator signed in". A code is added, never
 * renamed: events are kept as they were written.
 */
export const auditActions = {
  'session.started': 'signed in',
  'session.refused': 'tried to sign in and was refused',
  'session.stepped-up': 'proved again who they are',
  'session.ended': 'signed out',
  'session.ended-by-other': 'ended a session',
  'sign-in-link.created': 'made a sign-in link',
  'passkey.added': 'added a passkey',
  'passkey.removed': 'removed a passkey',
  'request.refused': 'asked for what was refused',

  'admin.invited': 'invited an admin',
  'admin.invitation-withdrawn': 'withdrew an invitation',
  'admin.joined': 'accepted an invitation',
  'admin.role-changed': 'changed the role of an admin',
  'admin.edited': 'changed the name or email of an admin',
  'admin.microsoft-bound': 'bound their Microsoft account',
  'admin.microsoft-unbound': 'took their Microsoft account off',
  'admin.disabled': 'disabled an admin',
  'admin.enabled': 'enabled an admin',
  'token.created': 'created an API token',
  'token.revoked': 'revoked an API token',

  'user.created': 'added a user',
  'user.edited': 'changed a user',
  'user.deleted': 'deleted a user',

  'connection.created': 'added a connection',
  'connection.updated': 'changed a connection',
  'connection.deleted': 'deleted a connection',
  'connection.grant-begun': 'went to Microsoft to grant access',
  'connection.granted': 'granted access at Microsoft',
  'connection.grant-refused': 'came back from Microsoft without access',
  'connection.needs-attention': 'found that a connection needs attention',
  'connection.checked': 'checked a connection',

  'import.started': 'started an import',
  'import.exported': 'downloaded the people of an import',
  'import.email-of-admin': 'found the email of an admin in the directory of an import',
  'import.decided': 'answered conflicts of an import',
  'import.confirmed': 'confirmed an import',
  'import.cancelled': 'cancelled an import',
  'import.finished': 'finished an import',
  'import.quarantined': 'stopped an import in which too many people failed',
  'import.failed': 'gave up an import',

  'setting.changed': 'changed a setting',
  'secret-key.rotation-begun': 'began to rotate the keys of secrets',
  'secret-key.rotated': 'rotated the keys of secrets',
  'backup.made': 'made a backup',
  'backup.restored': 'restored a backup',
  'audit.exported': 'exported the audit log',
  'audit.retention-changed': 'changed how long audit events are kept',
  'audit.purged': 'removed audit events older than they are kept',
} as const satisfies Record<`${string}.${string}`, string>
export type AuditAction = keyof typeof auditActions

/** `refused`: what was asked for did not happen. */
const auditOutcome = z.enum(['done', 'refused'])
export type AuditOutcome = z.infer<typeof auditOutcome>

/** Who did what to whom, when, from where; `seq` counts the events of the workspace from 1. */
export const auditEvent = z.object({
  seq: z.number().int(),
  id: z.uuid(),
  /** UTC, to the microsecond. */
  at: z.iso.datetime(),
  /**
   * `id` is null for the console, the panel itself, and whoever did not say who they are; `tokenId` is the API token that an
   * admin used.
   */
  actor: z.object({ id: z.uuid().nullable(), name: z.string(), tokenId: z.uuid().nullable() }),
  /** One of `auditActions`, or one that a later version knows. */
  action: z.string(),
  outcome: auditOutcome,
  target: z.object({ kind: z.string(), id: z.string(), name: z.string().nullable() }).nullable(),
  /** What changed; of a refusal `code` says why and `times` how often within its minute. */
  detail: z.record(z.string(), z.unknown()),
  address: z.string().nullable(),
  requestId: z.string().nullable(),
  /** SHA-256 in hex, over this event and the hash of the one before it. */
  previousHash: z.string(),
  hash: z.string(),
})
export type AuditEvent = z.infer<typeof auditEvent>

/** What to look for; all that are given must hold. */
export const auditFilter = z.object({
  /** Id or whole name of who did it. */
  actor: z.string().trim().min(1).max(256).optional(),
  /** An action, or how it begins: `import`, `import.confirmed`. */
  action: z.string().trim().min(1).max(60).optional(),
  /** Id of whom or what it was done to. */
  target: z.string().trim().min(1).max(256).optional(),
  /** From this moment on. */
  from: z.iso.datetime({ offset: true }).optional(),
  /** Before this moment. */
  to: z.iso.datetime({ offset: true }).optional(),
  outcome: auditOutcome.optional(),
  /** Part of a name, an address, a request id or a detail. */
  search: z.string().trim().min(1).max(200).optional(),
})
export type AuditFilter = z.infer<typeof auditFilter>

/** GET /api/audit — newest first. Not counted: the log is long, and nobody asks how long while looking for one event. */
export const auditQuery = pageQuery.extend(auditFilter.shape)
export const auditPage = z.object({ items: z.array(auditEvent), next: z.string().nullable() })
export type AuditPage = z.infer<typeof auditPage>

/**
 * GET /api/audit/events — server-sent events, each one event as it happens, its `id` the `seq`. Begins after `after`, or
 * after the header Last-Event-ID, or now. Ends after a minute: the browser comes again by itself, and is asked again
 * who it is.
 */
export const auditTailQuery = auditFilter.extend({ after: z.coerce.number().int().min(0).optional() })

/** GET /api/audit/head — the newest event. Kept elsewhere, it proves later that nothing up to here was rewritten. */
export const auditHead = z.object({ seq: z.number().int(), hash: z.string() })

/** GET and PUT /api/audit/retention — for how many days events are kept; null: for ever. */
export const auditRetention = z.strictObject({ days: z.number().int().min(90).max(36_500).nullable() })
export type AuditRetention = z.infer<typeof auditRetention>
