import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { LaunchOptions } from '@playwright/test'
import { inflate } from '@sparticuz/chromium'

const cache = fileURLToPath(new URL('../node_modules/.cache', import.meta.url))

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Where the browser of the tests comes from: the one that CHROME_PATH names, else on Linux x64 the Chromium that npm
 * brought, else a Chrome, Chromium or Edge of this machine. Throws one line that says what to do where there is none.
 */
export async function findBrowser(): Promise<LaunchOptions> {
  const named = process.env.CHROME_PATH
  if (named) return { executablePath: existing(named) }
  if (process.platform === 'linux' && process.arch === 'x64') return chromiumFromNpm()
  const folders = ['', ...(process.env.PATH ?? '').split(delimiter)]
  const found = folders.flatMap((folder) => names.map((name) => join(folder, name))).find(isProgram)
  if (found === undefined) {
    throw new Error(
      'The browser tests found no Chrome, Chromium or Edge. Install one, or name it in CHROME_PATH.',
    )
  }
  return { executablePath: found }
}

const isProgram = (path: string): boolean => path.includes('/') && existsSync(path)

function existing(path: string): string {
  if (existsSync(path)) return path
  throw new Error(
    `CHROME_PATH is ${path}, where there is no file. Name a Chrome, Chromium or Edge, or unset it.`,
  )
}

/**
 * The package brings a headless Chromium, the libraries that a small system lacks (NSS, NSPR, expat) and one font, packed.
 * They are unpacked beside the packages, not into /tmp as it would itself, where another user's would be in the way.
 */
async function chromiumFromNpm(): Promise<LaunchOptions> {
  const packageFolder = dirname(dirname(fileURLToPath(import.meta.resolve('@sparticuz/chromium'))))
  const { version } = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'))
  const folder = join(cache, `chromium-${version}`)
  if (!existsSync(folder)) await unpack(join(packageFolder, 'bin'), folder)
  return {
    executablePath: join(folder, 'chromium'),
    args: ['--disable-gpu'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(folder, 'al2023/lib'),
      FONTCONFIG_FILE: join(folder, 'fonts.conf'),
    },
  }
}

/** Unpacked under another name and then renamed, so that an interrupted first run leaves nothing half made. */
async function unpack(packed: string, folder: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const unfinished = await mkdtemp(join(cache, 'unfinished-'))
  await inflateInto(unfinished, packed)
  await writeFile(
    join(unfinished, 'fonts.conf'),
    `<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>\n`,
  )
  await rename(unfinished, folder).catch(async (error) => {
    await rm(unfinished, { recursive: true })
    // Another run finished the same first.
    if (!existsSync(folder)) throw error
  })
}

async function inflateInto(folder: string, packed: string): Promise<void> {
  const before = process.env.TMPDIR
  process.env.TMPDIR = folder
  try {
    await Promise.all(
      ['chromium.br', 'fonts.tar.br', 'al2023.tar.br'].map((file) => inflate(join(packed, file))),
    )
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  }
}
