import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism, loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { apiFigure } from './figures/api.ts'
import { besideFigure } from './figures/beside.ts'
import { againFigure, firstFigure, floorOf } from './figures/imports.ts'
import { memoryFigure } from './figures/memory.ts'
import { requestsFigure } from './figures/requests.ts'
import { timeFigure } from './figures/time.ts'
import { type Figure, tableOf } from './table.ts'
import { type FirstImport, importFirst, startWorkspace } from './workspace.ts'

const parts = ['requests', 'time', 'first', 'again', 'memory', 'api', 'beside'] as const
type Part = (typeof parts)[number]

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    users: { type: 'string', default: '100000' },
    million: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
})
const users = wholeNumber('users', values.users, 1_000_000)
const wanted = chosenParts(values.only)
const results = fileURLToPath(new URL('results', import.meta.url))
const nodeArguments = values.profile ? ['--cpu-prof', `--cpu-prof-dir=${results}`] : []
await mkdir(results, { recursive: true })

const at = new Date().toISOString().replaceAll(':', '-')
const machine = { node: process.version, cores: availableParallelism(), load: loadavg() }
const figures: Figure[] = []

if (wants('requests')) show(await requestsFigure(10_000, 500))
if (wants('time')) show(await timeFigure(50_000, 200, 150, nodeArguments))
const small = wants('first', 'again', 'memory', 'beside') || (wants('api') && !values.million)
const first = small ? await measureImports() : null
if (wants('memory') || (wants('api') && values.million)) await measureMillion(first)

const file = `${results}/${at}.json`
await writeFile(file, `${JSON.stringify({ at, machine, users, figures }, null, 2)}\n`)
console.log(`\nWritten to ${file}`)

/** Everything about one tenant of the usual size, in one workspace. */
async function measureImports(): Promise<FirstImport> {
  await using workspace = await startWorkspace({ users }, nodeArguments)
  const imported = await importFirst(workspace)
  if (wants('first', 'again')) {
    const floor = await floorOf(workspace)
    if (wants('first')) show(firstFigure(imported, floor))
    if (wants('again')) show(await againFigure(workspace, floor))
  }
  if (wants('api') && !values.million) show(await apiFigure(workspace))
  if (wants('beside')) show(await besideFigure(workspace))
  return imported
}

/** What a tenant of a million says beside the usual one. */
async function measureMillion(usual: FirstImport | null): Promise<void> {
  await using workspace = await startWorkspace({ users: 1_000_000 }, nodeArguments)
  const imported = await importFirst(workspace)
  if (usual !== null && wants('memory')) show(memoryFigure(usual, imported))
  if (wants('api')) show(await apiFigure(workspace))
}

function show(figure: Figure): void {
  figures.push(figure)
  console.log(`\n${tableOf(figure)}`)
}

function wants(...any: Part[]): boolean {
  return any.some((part) => wanted.has(part))
}

/** Memory takes a million people, so it is measured only where it is asked for. */
function chosenParts(only: string | undefined): Set<string> {
  if (only === undefined) return new Set(parts.filter((part) => part !== 'memory' || values.million))
  const chosen = only.split(',')
  const unknown = chosen.find((part) => !parts.some((known) => known === part))
  if (unknown !== undefined) refuse(`--only is ${only}. Choose from ${parts.join(', ')}.`)
  return new Set(chosen)
}

function wholeNumber(option: string, text: string, largest: number): number {
  const number = Number(text)
  if (!/^\d+$/.test(text) || number < 1 || number > largest)
    refuse(`--${option} is ${text}. Give a whole number from 1 to ${largest}.`)
  return number
}

function refuse(reason: string): never {
  console.error(reason)
  process.exit(2)
}
