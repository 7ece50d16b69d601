import { createServer } from 'node:net'

/** The first port from `from` on that nothing listens on at `host`. */
export async function freePort(host: string, from: number): Promise<number> {
  for (let port = from; ; port++) {
    if (await isFree(host, port)) return port
  }
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(false) : reject(error),
    )
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
