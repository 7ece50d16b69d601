import { pino } from 'pino'
import { connect } from '../db/open.ts'
import { rotateKeys } from './rotate-keys.ts'
import { openSecretKeys } from './secret-keys.ts'
import { configOf } from './test-secrets.ts'

/** A process that rotates the keys of a database and a data folder again and again, until it is killed. */
const [url, dataDir] = process.argv.slice(2)
const database = await connect(url!)
const config = configOf(database, dataDir!)
const keys = await openSecretKeys(config, database.db, pino({ level: 'silent' }))
console.log('ready')
for (;;) console.log(JSON.stringify(await rotateKeys(config, database, keys)))
