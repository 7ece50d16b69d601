import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Figures, measure } from './measure.ts'
import { startPart } from './part.ts'
import { tableOf } from './table.ts'
import type { Tenant, TenantSize } from './tenant.ts'

const results = fileURLToPath(new URL('results', import.meta.url))

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '10000' },
    groups: { type: 'string', default: '500' },
    latency: { type: 'string', default: '0' },
    profile: { type: 'boolean', default: false },
  },
})
const size: TenantSize = {
  users: wholeNumber('users', values.users, 1_000_000),
  // As many as one import may choose.
  groups: wholeNumber('groups', values.groups, 2_000),
  latency: wholeNumber('latency', values.latency, 60_000),
}

const at = new Date().toISOString().replaceAll(':', '-')
const nodeArguments = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${results}`] : []
const cases = [{ name: 'All users', groups: 0, nodeArguments }]
if (size.groups > 0) cases.push({ name: `All ${size.groups} groups`, groups: size.groups, nodeArguments })

await mkdir(results, { recursive: true })
const figures: Figures[] = []
const tenant = await startPart<Tenant>(new URL('tenant.ts', import.meta.url), size)
try {
  for (const one of cases) {
    const measured = await measure(tenant, one)
    figures.push(measured)
    console.log(`\n${tableOf(measured)}`)
  }
} finally {
  await tenant.close()
}
const file = `${results}/${at}.json`
const machine = { node: process.version, cores: availableParallelism() }
await writeFile(file, `${JSON.stringify({ at, machine, size, figures }, null, 2)}\n`)
console.log(`\nWritten to ${file}`)

function wholeNumber(option: string, text: string, largest: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number <= largest) return number
  console.error(`--${option} is ${text}. Give a whole number up to ${largest}.`)
  process.exit(2)
}
