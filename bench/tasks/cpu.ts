import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in ticks of 10 ms for every program. */
const tickMs = 10

/**
 * Processor time in ms that a server took so far: the process, its children that live and those that ended. Undefined
 * where there is no /proc.
 */
export const serverCpuMs = (pid: number): number | undefined => {
  try {
    const server = readStat(pid)
    const children = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          const child = readStat(Number(name))
          return child.parent === pid ? [child.ownTicks] : []
        } catch {
          return [] // it has just ended
        }
      })
    return (server.ownTicks + server.endedTicks + children.reduce((sum, ticks) => sum + ticks, 0)) * tickMs
  } catch {
    return undefined
  }
}

/** Processor time in ms from now to `used()`, of this process and of a server. */
export const createCpuMeter = (serverPid: number) => {
  const own = process.cpuUsage()
  const server = serverCpuMs(serverPid)
  return {
    used: (): { ownMs: number; serverMs: number | undefined } => {
      const { user, system } = process.cpuUsage(own)
      const now = serverCpuMs(serverPid)
      return {
        ownMs: (user + system) / 1000,
        serverMs: now === undefined || server === undefined ? undefined : now - server,
      }
    },
  }
}

/** Processor time in ms that one process took so far, without its children. Undefined where there is no /proc, or no process. */
export const processCpuMs = (pid: number): number | undefined => {
  try {
    return readStat(pid).ownTicks * tickMs
  } catch {
    return undefined
  }
}

/** See proc_pid_stat(5); the program's name, in parentheses, may hold anything. */
const readStat = (pid: number) => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const at = (field: number): number => fields[field - 3] ?? Number.NaN
  return { parent: at(4), ownTicks: at(14) + at(15), endedTicks: at(16) + at(17) }
}
