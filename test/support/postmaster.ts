import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The embedded PostgreSQL of a data directory, by its own pid file; undefined when there is none. */
export const postmasterPid = async (dataDir: string): Promise<number | undefined> => {
  const text = await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').catch(() => '')
  const pid = Number(text.split('\n', 1)[0])
  return pid > 1 ? pid : undefined
}

export const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** For the end of a test that may have failed between a kill and the next start: no server is left behind. */
export const endPostmaster = async (dataDir: string): Promise<void> => {
  const pid = await postmasterPid(dataDir)
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGINT')
}
