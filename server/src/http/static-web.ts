import { existsSync } from 'node:fs'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import files from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { answerProblem, nothingHere } from './problem-responses.ts'
import { isApi } from './security-headers.ts'
import type { App } from './types.ts'

const builtWeb = fileURLToPath(new URL('../../../web/dist', import.meta.url))

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
      if (path === '' || isApi(request.url)) reply.callNotFound()
      else reply.sendFile(path)
    },
  )
  app.setNotFoundHandler((request, reply) => {
    if (isPage(request)) sendWebApp(reply, folder)
    else answerProblem(nothingHere(), request, reply)
  })
}

const isPage = ({ method, url }: FastifyRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && !isApi(url) && !url.startsWith('/assets/')

function sendWebApp(reply: FastifyReply, folder: string): void {
  if (existsSync(join(folder, 'index.html'))) reply.code(200).sendFile('index.html')
  else reply.code(503).type('text/html; charset=utf-8').send(notBuilt)
}

const notBuilt = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Keyroster</title>
<h1>The web app is not built yet</h1>
<p>Run <code>npm run build</code> in the folder of Keyroster, then reload this page.</p>
</html>
`
