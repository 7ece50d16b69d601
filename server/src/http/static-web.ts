import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import files from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { readIfThere } from '../read-if-there.ts'
import { answerProblem, nothingHere } from './problem-responses.ts'
import { allowPage, isApi } from './security-headers.ts'
import type { App } from './types.ts'

const builtWeb = fileURLToPath(new URL('../../../web/dist', import.meta.url))

/** Stands in the built index.html where the nonce of an answer goes (`html.cspNonce` in web/vite.config.ts). */
const noncePlace = 'NONCE_OF_THIS_ANSWER'

/**
 * Serves the built web app from `folder`. The app's own addresses, such as /users/…, all answer its index.html, so that a
 * reload finds the page again; where nothing is built, a page says how to build it.
 */
export async function staticWeb(app: App, folder = builtWeb): Promise<void> {
  const hashed = join(folder, 'assets') + sep
  await app.register(files, {
    root: folder,
    serve: false,
    suppressWarning: true,
    dotfiles: 'ignore',
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      const forever = path.startsWith(hashed)
      reply.header('cache-control', forever ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
  app.get(
    '/*',
    {
      config: { public: true },
      schema: { hide: true, params: z.object({ '*': z.string() }) },
      // What the file server refuses, such as a folder or a path with dots, is as if it were not there.
      errorHandler: (_error, request, reply) => answerProblem(nothingHere(), request, reply),
    },
    // Neither handler waits for the file: a promise of the reply would add listeners to it at every step.
    (request, reply) => {
      const path = request.params['*']
      if (path === '' || path === 'index.html' || isApi(request.url)) reply.callNotFound()
      else reply.sendFile(path)
    },
  )
  app.setNotFoundHandler(async (request, reply) =>
    isPage(request) ? sendWebApp(reply, folder) : answerProblem(nothingHere(), request, reply),
  )
}

const isPage = ({ method, url }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && !isApi(url) && !url.startsWith('/assets/')

/** Never stored: a kept page would come with the nonce of its first answer, and the policy of a later one. */
async function sendWebApp(reply: FastifyReply, folder: string): Promise<FastifyReply> {
  const page = await readIfThere(join(folder, 'index.html'))
  reply.type('text/html; charset=utf-8').header('cache-control', 'no-store')
  if (page === null) return reply.code(503).send(notBuilt)
  return reply.code(200).send(page.replaceAll(noncePlace, allowPage(reply)))
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Keyroster</title>
<h1>The web app is not built yet</h1>
<p>Run <code>npm run build</code> in the folder of Keyroster, then reload this page.</p>
</html>
`
