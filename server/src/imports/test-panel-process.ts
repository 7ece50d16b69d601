import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A panel in a process of its own, as an operator runs it, so that it can be killed. */
export interface PanelProcess {
  child: ChildProcess
  /** Asks as the operator's browser would; the answer is parsed JSON. */
  call<Body>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: Body }>
  /** What it has logged so far. */
  log(): string
  /** Ends it as a power failure would, and waits until it is gone. */
  kill(): Promise<void>
  stop(): Promise<void>
}

const command = fileURLToPath(new URL('../../bin/keyroster.js', import.meta.url))
const link = /http:\/\/\S+\/sign-in#token=([\w-]+)/

/** Runs `keyroster start` with these settings alone, signed in; rejects with what it said where it ends instead. */
export async function startPanelProcess(settings: Record<string, string>): Promise<PanelProcess> {
  const child = spawn(process.execPath, [command, 'start'], {
    env: { PATH: process.env.PATH, HOME: settings.KEYROSTER_DATA_DIR, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let logged = ''
  child.stdout.on('data', (chunk) => {
    printed += chunk
  })
  child.stderr.on('data', (chunk) => {
    logged += chunk
  })
  const gone = once(child, 'close')
  while (!link.test(printed)) {
    await Promise.race([once(child.stdout, 'data'), gone])
    if (child.exitCode !== null) throw new Error(`The panel ended: ${printed}${logged}`)
  }
  const origin = `http://localhost:${settings.KEYROSTER_PORT}`
  const cookie = await signIn(origin, link.exec(printed)![1]!)
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    await gone
  }
  return {
    child,
    log: () => logged,
    call: async <Body>(method: string, path: string, body?: unknown) => {
      const headers = {
        cookie,
        'x-keyroster': '1',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      }
      const response = await fetch(`${origin}${path}`, {
        method,
        headers,
        body: JSON.stringify(body) ?? null,
      })
      return { status: response.status, body: (await response.json()) as Body }
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  }
}

async function signIn(origin: string, token: string): Promise<string> {
  const response = await fetch(`${origin}/api/session/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-keyroster': '1' },
    body: JSON.stringify({ token }),
  })
  return response.headers.get('set-cookie')!.split(';')[0]!
}
