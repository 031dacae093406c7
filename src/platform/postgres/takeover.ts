import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from '../log.ts'
import { errors } from '../errors.ts'
import { isAlive, isPostmasterOf, waitForEnd } from './processes.ts'

/** The process id in `postmaster.pid`, whether or not that process still lives. Undefined when there is no such file. */
export const readPostmasterPid = async (directory: string): Promise<number | undefined> => {
  const text = await readFile(join(directory, 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n', 1)[0])
  return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined
}

/**
 * Deals with a server that an earlier, killed process of ours left running: PostgreSQL would refuse to start beside it.
 * It is stopped in order (nothing that was committed is lost) and started again as our child, so that there is only one
 * way to watch over it. Call it under the lock of the data directory: then a running server is an orphan.
 *
 * Returns whether there was one. Throws `data_directory_in_use` when it can't be stopped.
 */
export const takeOverOrphan = async (directory: string, log: Pick<Log, 'warn'>): Promise<boolean> => {
  const pid = await readPostmasterPid(directory)
  if (pid === undefined) return false
  if (!(await isPostmasterOf(pid, directory))) {
    await clearMisleadingPid(pid, directory, log)
    return false
  }
  log.warn({ postgresPid: pid }, 'a PostgreSQL left behind by a killed process is taken over')
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal)
    } catch {
      // already gone, or another user's: the wait below tells which
    }
    if (await waitForEnd(pid, signal === 'SIGINT' ? 20_000 : 5_000)) return true
  }
  throw errors.data_directory_in_use(
    `PostgreSQL (process ${pid}) was left running on "${directory}" and can't be stopped. Stop it: kill -INT ${pid}`,
  )
}

/**
 * After a restart of the machine or the container the recorded id may belong to somebody else, and PostgreSQL would refuse
 * to start for ever. Where it is certain that no process works in the directory the file is removed.
 */
const clearMisleadingPid = async (pid: number, directory: string, log: Pick<Log, 'warn'>): Promise<void> => {
  if (!isAlive(pid) || process.platform !== 'linux') return
  for (const entry of await readdir('/proc')) {
    if (/^\d+$/.test(entry) && (await readlink(`/proc/${entry}/cwd`).catch(() => '')) === directory) return
  }
  log.warn({ pid }, 'postmaster.pid names a process that is not PostgreSQL; removed')
  await rm(join(directory, 'postmaster.pid'), { force: true })
}
