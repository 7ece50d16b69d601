#!/usr/bin/env node
import { writeFileSync } from 'node:fs'
import { HELP, readCommandLine } from '../src/command-line.ts'
import { type EmulatorOptions, startEmulator } from '../src/start.ts'

const command = readCommandLine(process.argv.slice(2))
switch (command.kind) {
  case 'help':
    console.log(HELP)
    break
  case 'problem':
    console.error(`${command.problem}\nSee entra-emulator --help.`)
    process.exitCode = 2
    break
  case 'start':
    await run(command.options, command.caFile)
}

async function run(options: EmulatorOptions, caFile: string | undefined): Promise<void> {
  const emulator = await startEmulator(options).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error
    console.error(`Port ${options.port} is taken. Choose another with --port.`)
    process.exit(1)
  })
  if (caFile && emulator.caPem) writeFileSync(caFile, emulator.caPem)
  const { tenant, app } = emulator
  console.log(`Tenant ${tenant.displayName} is up:
  origin         ${emulator.origin}
  tenant id      ${tenant.id}
  client id      ${app.clientId}
  client secret  ${app.secrets[0]!.value}
  inspector      ${emulator.origin}/_emulator`)
  if (caFile) console.log(`  authority      ${caFile}`)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
}
