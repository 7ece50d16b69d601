// Runs after npm ci. npm 10 takes node_modules/.bin/node away again together with the packages for other platforms, because
// they have a command of that name too (npm 11 does not); it is what lets an older Node of the machine run the project.
import { existsSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url))
const platform = `${process.platform}-${process.arch}`
const name = [`node-${platform}`, `node-bin-${platform}`].find((each) =>
  existsSync(`${modules}/${each}/bin/node`),
)

if (name !== undefined && !existsSync(`${modules}/.bin/node`)) {
  symlinkSync(`../${name}/bin/node`, `${modules}/.bin/node`)
}
