import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { inWorkspace, panelWide, reachingNothing } from '../db/reach.ts'
import type { SignedInAdmin } from './types.ts'

/** An onRequest hook, the first: until it is decided who asks, no query is answered. */
export function reachNothing(
  _request: FastifyRequest,
  _reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  reachingNothing(done)
}

/**
 * A preHandler hook, after all that waits for the body: the route reaches the workspace of who asks; one that is public, what
 * is known before there is any.
 */
export function reachWorkspace(
  request: FastifyRequest,
  _reply: FastifyReply,
  done: HookHandlerDoneFunction,
): void {
  const admin: SignedInAdmin | undefined = request.admin
  if (admin === undefined) panelWide(done)
  else inWorkspace(admin.workspaceId, done)
}
