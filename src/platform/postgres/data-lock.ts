import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { rmSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { errors } from '../errors.ts'
import { identityOf } from './processes.ts'

type Holder = { pid: number; identity: string; since: string }

export type DataLock = { release: () => Promise<void>; releaseNow: () => void }

/**
 * Takes the data directory for this process. PostgreSQL's own lock can't tell a server that another installation is using
 * from one that was left behind by a killed process of ours; this one can: it names our process by id and start time.
 *
 * Throws `data_directory_in_use` (with the holder's pid) while that process lives. A lock left by a dead process is taken
 * over: it is moved aside under a name of our own first, so that of two that find it at the same time only one succeeds.
 */
export const lockDirectory = async (directory: string): Promise<DataLock> => {
  const path = join(directory, 'lock')
  const mine = JSON.stringify({
    pid: process.pid,
    identity: (await identityOf(process.pid)) ?? '',
    since: new Date().toISOString(),
  } satisfies Holder)
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, mine, { mode: 0o644 })
  try {
    for (;;) {
      try {
        // link() fails when the name exists, and the file appears with its contents or not at all.
        await link(draft, path)
        return {
          release: () => rm(path, { force: true }),
          releaseNow: () => rmSync(path, { force: true }),
        }
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // fs throws errno errors
      }
      await clearIfStale(path, directory)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

const clearIfStale = async (path: string, directory: string): Promise<void> => {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return // released in between
  const holder = parse(text)
  if (holder && (await identityOf(holder.pid)) === holder.identity) {
    throw errors.data_directory_in_use(
      `The data directory "${directory}" is in use by process ${holder.pid} (since ${holder.since}). ` +
        `Stop that one first (kill ${holder.pid}), or give this one another directory by ORCHESTRATOR_DATA_DIR.`,
    )
  }
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return // somebody else was faster
  }
  // What was moved may be the new lock of somebody who was faster still: give it back.
  if ((await readFile(aside, 'utf8')) !== text) await link(aside, path).catch(() => {})
  await rm(aside, { force: true })
}

const parse = (text: string): Holder | undefined => {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null) return undefined
    const { pid, identity, since } = value as Partial<Holder> // each is checked on the next line
    return typeof pid === 'number' && typeof identity === 'string' ? { pid, identity, since: String(since) } : undefined
  } catch {
    return undefined // torn by a crash: nobody holds it
  }
}
