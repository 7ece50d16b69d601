import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../bin/keyroster.js', import.meta.url))

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

export interface RunningCommand {
  child: ChildProcess
  /** Resolves once it has written this, to either output; rejects where it ends without. */
  until(pattern: RegExp): Promise<void>
  ended: Promise<Ended>
}

/** Starts `keyroster …` in a process of its own, with these settings and nothing of this process's own, at no terminal. */
export function startCommand(args: string[], settings: Record<string, string> = {}): RunningCommand {
  const child = spawn(process.execPath, [command, ...args], {
    env: { PATH: process.env.PATH, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }))
  const until = async (pattern: RegExp) => {
    while (!pattern.test(stdout + stderr)) {
      const end = await Promise.race([once(child.stdout, 'data'), once(child.stderr, 'data'), ended])
      if ('code' in end && !pattern.test(stdout + stderr)) {
        throw new Error(`It ended with ${end.code} and said:\n${stdout}${stderr}`)
      }
    }
  }
  return { child, until, ended }
}
