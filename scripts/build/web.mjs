import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { SetupError } from '../setup/fail.mjs'
import { once } from '../setup/once.mjs'
import { findOwnNode, root } from '../setup/own-node.mjs'

const stamp = join(root, 'web', 'dist', '.built-from')

/** Builds the web app unless what is there was built from exactly these sources. */
export const buildWebIfStale = async () => {
  if (!existsSync(join(root, 'web', 'index.html')) || isFresh()) return
  await once(join(root, '.cache', 'web.lock'), console.error, async () => {
    if (!isFresh()) await buildWeb()
  })
}

/** Builds the web app (web/dist). */
export const buildWeb = async () => {
  const inputs = hashInputs()
  const startedAt = Date.now()
  console.error('Building the web app ...')
  const args = [join(root, 'node_modules', 'vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn']
  const code = await new Promise((resolve, reject) => {
    // stdout belongs to the server that starts next.
    const child = spawn(findOwnNode(), args, { cwd: join(root, 'web'), stdio: ['ignore', process.stderr, 'inherit'] })
    child.on('error', reject)
    child.on('exit', resolve)
  })
  if (code !== 0) throw new SetupError(`The web app could not be built (vite build: ${code}); the reason stands above.`)
  writeFileSync(stamp, inputs)
  console.error(`Built the web app in ${Math.round((Date.now() - startedAt) / 1000)} s.`)
}

const isFresh = () => {
  try {
    return existsSync(join(root, 'web', 'dist', 'index.html')) && readFileSync(stamp, 'utf8') === hashInputs()
  } catch {
    return false
  }
}

/** Of everything that goes into the web app: its sources, the contracts, and the packages' versions. */
const hashInputs = () => {
  const hash = createHash('sha256')
  const files = [
    ...listFiles(join(root, 'web')),
    ...listFiles(join(root, 'src', 'contracts')),
    join(root, 'package-lock.json'),
  ]
  for (const path of files) hash.update(relative(root, path)).update('\0').update(readFileSync(path)).update('\0')
  return hash.digest('hex')
}

const listFiles = (folder) =>
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !['dist', 'node_modules'].includes(entry.name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)]))
