import { createHash } from 'node:crypto'
import { chmod, lstat, mkdir, realpath, rename, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Log } from '../log.ts'
import { errors } from '../errors.ts'
import type { RunAs } from './system-user.ts'
import { succeedsAs } from './system-user.ts'

/** Where the files of PostgreSQL go when they can't be in the data directory. */
export const defaultSystemHome = '/var/lib/aws-orchestrator'

/** Makes the data directory if need be and returns its real path. Throws `data_directory_not_writable`. */
export const prepareDataDirectory = async (dataDir: string, user: RunAs): Promise<string> => {
  try {
    await makeDirectory(dataDir)
    const real = await realpath(dataDir)
    const { mode, uid } = await stat(real)
    // The user of PostgreSQL has to pass through; each secret in the directory has a mode of its own.
    if (user.uid !== undefined && uid === process.getuid?.() && (mode & 0o001) === 0) await chmod(real, mode | 0o001)
    return real
  } catch (error) {
    throw notWritable(dataDir, error)
  }
}

/** mkdir's own `recursive` never returns where the parent exists but takes no entries (/proc). */
const makeDirectory = async (path: string): Promise<void> => {
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // fs throws errno errors
    if (code === 'EEXIST' && (await stat(path)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(path) === path || (await stat(dirname(path)).catch(() => undefined))) throw error
    await makeDirectory(dirname(path))
    await makeDirectory(path)
  }
}

/** For what fails with an errno error while something is written into the data directory; anything else is passed on. */
export const notWritable = (dataDir: string, error: unknown): unknown => {
  const code = String((error as { code?: unknown } | undefined)?.code)
  if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT', 'ENOSPC'].includes(code)) return error
  return errors.data_directory_not_writable(
    `Nothing can be written into the data directory "${dataDir}" (${code}). ` +
      `Make it a directory that this user owns and that has space left, or set ORCHESTRATOR_DATA_DIR.`,
    { cause: error },
  )
}

/**
 * Where the database files are: `postgres` in the data directory; or, when the user who runs PostgreSQL can't get there (a
 * clone under a home directory of mode 700), below the system home, with `postgres` as a link to it, so that the choice
 * is made once and both ways lead to the same files.
 */
export const locateCluster = async (
  dataDir: string,
  user: RunAs,
  systemHome: string,
  log: Pick<Log, 'warn'>,
): Promise<string> => {
  const local = join(dataDir, 'postgres')
  const found = await lstat(local).catch(() => undefined)
  if (found) {
    try {
      return await realpath(local)
    } catch (error) {
      throw errors.data_directory_not_writable(
        `"${local}" is a link to database files that are gone. Bring them back, or remove the data directory to begin anew.`,
        { cause: error },
      )
    }
  }
  if (await succeedsAs(user, 'cd "$1"', dataDir)) return local

  const home = join(systemHome, createHash('sha256').update(dataDir).digest('hex').slice(0, 16))
  await setAside(home, log)
  await mkdir(join(home, 'postgres'), { recursive: true, mode: 0o755 })
  await symlink(join(home, 'postgres'), local)
  log.warn(`the database files are kept in "${home}", since the user who runs PostgreSQL can't reach "${dataDir}"`)
  return join(home, 'postgres')
}

/** The data directory was removed, its database files elsewhere were not: they are not ours to delete, nor to mix in. */
const setAside = async (home: string, log: Pick<Log, 'warn'>): Promise<void> => {
  const found = await stat(home).catch(() => undefined)
  if (!found) return
  const aside = join(dirname(home), `${basename(home)}.left-${Date.now()}`)
  await rename(home, aside)
  log.warn(
    `database files of an earlier data directory at the same path were moved to "${aside}"; remove them if they are not needed`,
  )
}
