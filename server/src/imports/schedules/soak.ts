import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '../../db/embedded.ts'
import { migrate } from '../../db/migrate.ts'
import { connect } from '../../db/open.ts'
import { openHouse } from './house.ts'
import { type Failure, playMany } from './play-many.ts'

const { values } = parseArgs({ options: { schedules: { type: 'string' }, seed: { type: 'string' } } })
const count = wholeNumber('schedules', values.schedules ?? '1000')
const first = wholeNumber('seed', values.seed ?? String(Date.now() % 1_000_000_000))

function wholeNumber(name: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--${name} takes a whole number, not '${text}'.`)
}

const stopping = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stopping.abort())

const folder = await mkdtemp(join(tmpdir(), 'keyroster-soak-'))
const cluster = await startEmbedded(folder, { durable: false })
try {
  const database = await connect(cluster.url)
  await migrate(database.pool)
  const house = await openHouse(database)
  let played = 0
  console.log(`${count} schedules from seed ${first}`)
  const tell = (failure: Failure | null) => {
    played += 1
    if (failure) console.log(`${failure.reason}\n  replay: ${failure.replay}`)
    if (played % 100 === 0) console.log(`${played} played`)
  }
  const failures = await playMany(house, first, count, tell, stopping.signal)
  await house.close()
  console.log(`${played - failures.length} held, ${failures.length} broke`)
  process.exitCode = failures.length > 0 ? 1 : 0
} finally {
  await cluster.stop()
  await rm(folder, { recursive: true })
}
