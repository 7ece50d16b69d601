#!/usr/bin/env node
// Plain JavaScript, so that a Node too old for the panel can still read this and hand over to a newer one.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const newer = fileURLToPath(new URL('../../node_modules/.bin/node', import.meta.url))

if (Number.parseInt(process.versions.node, 10) >= 24) {
  const { runCommand } = await import('../src/cli/run-command.ts')
  process.exitCode = await runCommand(process.argv.slice(2))
} else if (existsSync(newer)) {
  const child = spawn(newer, [...process.execArgv, ...process.argv.slice(1)], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code) => process.exit(code ?? 1))
} else {
  console.error(`Keyroster needs Node 24 or later, and this is ${process.version}.`)
  console.error(
    'Install it from https://nodejs.org, or run npm ci, which brings it on Linux, macOS and Windows.',
  )
  process.exitCode = 1
}
