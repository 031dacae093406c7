import { spawn } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, chown, mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { errors } from '../errors.ts'
import type { Binaries } from './binaries.ts'
import type { RunAs } from './system-user.ts'

export const superuser = 'postgres'

/** Nothing of our environment (it holds secrets and may hold PG... variables), one language for messages. */
export const environment = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/**
 * The password of the database's superuser, made at the first start and kept in the data directory (0600). Throws
 * `database_unreachable` when it is missing though the database exists.
 */
export const readOrMakePassword = async (dataDir: string, isNew: boolean): Promise<string> => {
  const path = join(dataDir, 'postgres-password')
  const known = await readFile(path, 'utf8').catch(() => undefined)
  if (known !== undefined && known.trim() !== '') return known.trim()
  if (!isNew) {
    throw errors.database_unreachable(
      `The database exists, but its password in "${path}" is missing. Bring that file back.`,
    )
  }
  const password = randomBytes(24).toString('base64url')
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${password}\n`, { mode: 0o600 })
  await rename(draft, path)
  return password
}

/** Whether a directory holds a cluster. */
export const hasCluster = async (directory: string): Promise<boolean> =>
  (await readFile(join(directory, 'PG_VERSION'), 'utf8').catch(() => undefined)) !== undefined

/**
 * Makes a new cluster: initdb works beside the final place and the result is renamed, so that a cluster that exists is
 * whole, whenever this was interrupted. Text is UTF-8, ordered by PostgreSQL's own rules (builtin C.UTF-8), so that an
 * update of the machine's C library can't corrupt an index.
 */
export const createCluster = async (options: {
  binaries: Binaries
  directory: string
  user: RunAs
  password: string
  isDurable: boolean
}): Promise<void> => {
  const { directory, user } = options
  const draft = `${directory}.${randomUUID()}`
  const passwordFile = join(draft, 'password')
  await mkdir(draft, { mode: 0o700 })
  try {
    await mkdir(join(draft, 'data'), { mode: 0o700 })
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 })
    if (user.uid !== undefined && user.gid !== undefined) {
      for (const path of [draft, join(draft, 'data'), passwordFile]) await chown(path, user.uid, user.gid)
    }
    await runInitdb(options.binaries.initdb, user, [
      `--pgdata=${join(draft, 'data')}`,
      `--username=${superuser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-instructions',
      ...(options.isDurable ? [] : ['--no-sync']),
    ])
    await clearEmpty(directory)
    await rename(join(draft, 'data'), directory)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** An empty directory at the final place is only in the way; anything in it is somebody's and stays (the rename fails). */
const clearEmpty = async (directory: string): Promise<void> => {
  const entries = await readdir(directory).catch(() => undefined)
  if (entries?.length === 0) await rmdir(directory)
}

const runInitdb = (program: string, user: RunAs, args: string[]): Promise<void> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...user, cwd: '/', env: environment, stdio: ['ignore', 'ignore', 'pipe'] })
    let output = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.on('error', reject)
    child.on('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`initdb ended with code ${code}: ${output.trim() || 'no message'}`)),
    )
  })

/** PostgreSQL wants its directory to be its user's alone; a restored copy may have lost that. */
export const claim = async (directory: string, user: RunAs): Promise<void> => {
  if (user.uid !== undefined && user.gid !== undefined) await chown(directory, user.uid, user.gid)
  await chmod(directory, 0o700)
}
