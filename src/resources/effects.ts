import type { Aws } from '#aws/cloud.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Log } from '#platform/log.ts'
import type { ReadLive } from './read/live.ts'
import { noteTouches } from './store/touches.ts'
import { hasten } from './store/type-states.ts'
import { locate, typeNamed } from './types/registry.ts'

/** A resource (its ARN), the task that has just worked on it, and for how long it had by then. */
type By = { id: string; taskId: string; forSeconds: number }

/** Resources that somebody has just changed in AWS; ids are ARNs or AWS ids. `by` says which task it was, for the history. */
export type Effect = { account: string; region: string; type: string; ids: readonly string[]; by?: readonly By[] }

/**
 * Reads these resources again from AWS and publishes what changed, so that nobody sees the state from before a task.
 * Resolves when the inventory has it. Never throws: when AWS can't be asked, the next sweep comes early instead.
 */
export type NoteEffects = (effects: readonly Effect[]) => Promise<void>

/** Effects of one moment are read together: a describe costs the same for one id and for two hundred. */
const gatherMs = 50
/** When a read failed, its partition is swept within this time. */
const repairSeconds = 5

type Gathering = { ids: Set<string>; by: By[]; done: Promise<void> }

export const createNoteEffects = (deps: {
  db: Database
  aws: Aws
  readLive: ReadLive
  clock: Clock
  log: Log
}): NoteEffects => {
  const { db, aws, readLive, clock, log } = deps
  const gathering = new Map<string, Gathering>()

  const reread = async ({ account, region, type: name }: Effect, awsIds: string[]): Promise<void> => {
    const type = typeNamed(name)
    if (type === undefined) return
    try {
      await readLive({ account: await aws.accounts.get(account), region, type, awsIds }, { priority: 'bulk' })
    } catch (error) {
      log.info(
        { err: error, account, region, type: name, count: awsIds.length },
        'changed resources could not be read again yet',
      )
      await hasten(db, { account, region, service: type.service, type: name }, repairSeconds, 'sweep').catch(() => {}) // the usual sweep comes
    }
  }

  /** Who it was is on record before the change itself is. Losing it makes the history say less, nothing wrong. */
  const note = async (account: string, by: readonly By[]): Promise<void> => {
    if (by.length === 0) return
    await noteTouches(db, account, by).catch((error: unknown) =>
      log.info({ err: error, account, count: by.length }, 'which tasks changed what could not be noted'),
    )
  }

  const gather = (effect: Effect): Gathering => {
    const key = `${effect.account}/${effect.region}/${effect.type}`
    const existing = gathering.get(key)
    if (existing) return existing
    const ids = new Set<string>()
    const by: By[] = []
    const done = clock.sleep(gatherMs).then(async () => {
      gathering.delete(key)
      await note(effect.account, by)
      await reread(effect, [...ids])
    })
    const started = { ids, by, done }
    gathering.set(key, started)
    return started
  }

  return async (effects) => {
    const all = effects.map((effect) => {
      const { ids, by, done } = gather(effect)
      for (const id of effect.ids) ids.add(locate(id)?.awsId ?? id)
      by.push(...(effect.by ?? []))
      return done
    })
    await Promise.all(all)
  }
}
