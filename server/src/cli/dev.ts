import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { startSample } from './sample.ts'
import { untilSignal } from './until-signal.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * `npm run dev`: the sample tenant, the panel started anew at each change of its files, and Vite, which reloads the
 * browser and passes /api on to the panel. Browsers use Vite's address; the panel prints the link.
 */
async function dev(): Promise<void> {
  const asked = untilSignal()
  const host = '127.0.0.1'
  const port = await freePort(host, 8080)
  const webPort = await freePort(host, 5173)
  const sample = await startSample(`http://localhost:${webPort}`)
  console.log(`Sample tenant: ${sample.inspectorUrl}`)
  const env = { ...process.env, ...sample.env, KEYROSTER_PORT: String(port) }
  const panel = spawnNode(['--watch', '--watch-preserve-output', 'server/bin/keyroster.js', 'start'], {
    KEYROSTER_LOG_LEVEL: 'warn',
    ...env,
  })
  const vite = ['node_modules/vite/bin/vite.js', 'web', '--port', String(webPort), '--strictPort']
  const web = spawnNode([...vite, '--logLevel', 'warn'], env)
  await Promise.race([asked, once(panel, 'exit'), once(web, 'exit')])
  await Promise.all([end(panel), end(web)])
  await sample.close()
}

function spawnNode(args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, args, { cwd: root, env, stdio: 'inherit' })
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill()
  await exit
}

await dev()
