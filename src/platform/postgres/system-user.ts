import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import type { Log } from '../log.ts'
import { errors } from '../errors.ts'

const run = promisify(execFile)

/** Who runs PostgreSQL, which refuses to run as root. Empty: whoever runs us. */
export type RunAs = { uid?: number; gid?: number }

export const systemUser = 'aws-orchestrator'

/** As root: the system user for PostgreSQL, created when it is missing. Else: ourselves. */
export const chooseUser = async (log: Pick<Log, 'warn'>): Promise<RunAs> => {
  if (process.getuid?.() !== 0) return {}
  const known = await lookUp()
  if (known) return known
  try {
    await run('useradd', [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
      systemUser,
    ])
  } catch (error) {
    const other = await lookUp() // a second start may have created it at the same moment
    if (other) return other
    throw errors.platform_not_supported(
      `PostgreSQL refuses to run as root, and the system user "${systemUser}" for it could not be created. ` +
        `Create it (useradd --system --user-group ${systemUser}), run this as an ordinary user, or set DATABASE_URL to a PostgreSQL of your own.`,
      { cause: error },
    )
  }
  log.warn(`created the system user "${systemUser}": PostgreSQL refuses to run as root, so it runs as this user`)
  const created = await lookUp()
  if (!created)
    throw errors.platform_not_supported(
      `The system user "${systemUser}" was created but can't be found. Set DATABASE_URL instead.`,
    )
  return created
}

const lookUp = async (): Promise<{ uid: number; gid: number } | undefined> => {
  try {
    const [uid, gid] = await Promise.all([run('id', ['-u', systemUser]), run('id', ['-g', systemUser])])
    return { uid: Number(uid.stdout), gid: Number(gid.stdout) }
  } catch {
    return undefined
  }
}

/**
 * Whether a small shell script ends well as that user. Asking the kernel by trying is the only answer that is right for
 * modes, owners, ACLs and mount options alike.
 */
export const succeedsAs = (user: RunAs, script: string, ...args: string[]): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], {
      ...user,
      cwd: '/',
      env: { PATH: '/usr/bin:/bin' },
      stdio: 'ignore',
    })
    child.on('error', () => resolve(false))
    child.on('exit', (code) => resolve(code === 0))
  })
