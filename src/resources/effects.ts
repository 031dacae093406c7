import type { Call } from '#aws/call.ts'
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
const usualGatherMs = 50
/** When a read failed, its partition is swept within this time. */
const repairSeconds = 5

type Gathering = { ids: Set<string>; by: By[]; done: Promise<void> }

export const createNoteEffects = (deps: {
  db: Database
  aws: Aws
  readLive: ReadLive
  clock: Clock
  log: Log
  /** How long effects are gathered; 50 ms unless given. */
  gatherMs?: number
  priority?: Call['priority']
  /** Rejects where not even the early sweep could be asked for, since the database is away. */
  isStrict?: boolean
}): NoteEffects => {
  const { db, aws, readLive, clock, log, gatherMs = usualGatherMs, priority = 'bulk', isStrict = false } = deps
  const gathering = new Map<string, Gathering>()

  const reread = async ({ account, region, type: name }: Effect, awsIds: string[]): Promise<void> => {
    const type = typeNamed(name)
    if (type === undefined) return
    try {
      await readLive({ account: await aws.accounts.get(account), region, type, awsIds }, { priority })
    } catch (error) {
      log.info(
        { err: error, account, region, type: name, count: awsIds.length },
        'changed resources could not be read again yet',
      )
      const key = { account, region, service: type.service, type: name }
      await hasten(db, key, repairSeconds, 'sweep').catch((cause: unknown) => {
        if (isStrict) throw cause // else the usual sweep comes
      })
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
