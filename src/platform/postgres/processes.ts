import { execFile } from 'node:child_process'
import { readFile, readlink } from 'node:fs/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Whether a process with this id exists, whoever owns it. */
export const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // process.kill throws nothing but errno errors
  }
}

/**
 * What tells one process from a later one that got the same id: on Linux the boot and the start time in clock ticks since
 * then, elsewhere the start time as `ps` prints it. Undefined when there is no such process.
 */
export const identityOf = async (pid: number): Promise<string | undefined> => {
  if (!isAlive(pid)) return undefined
  try {
    if (process.platform !== 'linux') return (await run('ps', ['-o', 'lstart=', '-p', String(pid)])).stdout.trim()
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // The name in parentheses may hold anything, so count from the last one: starttime is field 22 (proc(5)), state is 3.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
    return `${boot.trim()}/${ticks}`
  } catch {
    return undefined
  }
}

/** Whether the process is a postmaster of that data directory (which is its working directory). */
export const isPostmasterOf = async (pid: number, dataDirectory: string): Promise<boolean> => {
  if (!isAlive(pid)) return false
  try {
    if (process.platform === 'linux') return (await readlink(`/proc/${pid}/cwd`)) === dataDirectory
    return (await run('ps', ['-o', 'command=', '-p', String(pid)])).stdout.includes(dataDirectory)
  } catch {
    return false
  }
}

/** Resolves with true once the process is gone, with false when it is still there after that time. */
export const waitForEnd = async (pid: number, timeoutMs: number): Promise<boolean> => {
  const end = performance.now() + timeoutMs
  while (isAlive(pid)) {
    if (performance.now() > end) return false
    // Not our child, so there is no event to wait for.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return true
}
