import formbody from '@fastify/formbody'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { World } from '../world.ts'
import { AadstsError } from './aadsts.ts'
import { registerAdminConsent } from './admin-consent.ts'
import { registerAuthorize } from './authorize.ts'
import { registerDiscovery } from './discovery.ts'
import { sendErrorBody, sendErrorPage } from './error-answer.ts'
import { registerSignIn } from './sign-in.ts'
import { registerToken } from './token.ts'

type SendError = typeof sendErrorBody

/** Serves login: metadata and tokens for programs, pages for people. */
export function registerOauth(app: FastifyInstance, world: World): void {
  app.register(async (metadata) => {
    answerErrors(metadata, world, sendErrorBody)
    registerDiscovery(metadata, world)
  })
  app.register(async (tokens) => {
    // Only a form has parameters; Entra misses the first of them in anything else, JSON too.
    tokens.removeAllContentTypeParsers()
    await tokens.register(formbody)
    tokens.addContentTypeParser('*', async () => ({}))
    answerErrors(tokens, world, sendErrorBody)
    registerToken(tokens, world)
  })
  app.register(async (pages) => {
    await pages.register(formbody)
    answerErrors(pages, world, sendErrorPage)
    registerAuthorize(pages, world)
    registerAdminConsent(pages, world)
    registerSignIn(pages, world)
  })
}

function answerErrors(app: FastifyInstance, world: World, sendError: SendError): void {
  app.setErrorHandler((error: unknown, request: FastifyRequest, reply: FastifyReply) => {
    if (!(error instanceof AadstsError)) throw error
    return sendError(world, request, reply, error)
  })
}
