import { createGroupCommit } from '#platform/db/group-commit.ts'
import type { Database } from '#platform/db/database.ts'
import type { NewEvent } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Advance } from '../store/advance-items.ts'
import { advanceItems, mostListedItems } from '../store/advance-items.ts'
import { advanceSteps, isStepOnly } from '../store/advance-steps.ts'
import { createJournal } from './journal.ts'

/** Items whose rows follow, as it is to be told. What becomes of one of them meanwhile is the later news. */
type Progress = { taskId: string; items: Map<string, Advance> }

type Entry =
  | { kind: 'start'; taskId: string }
  | { kind: 'advance'; advance: Advance }
  | { kind: 'progress'; progress: Progress }

/**
 * What may be overtaken waits this long: that a task began, and that a step went on to the next, in the item's row and as
 * news. A task that is over by then tells all of it with its end; nobody sees the difference, and a quick task costs half
 * the writes. Where a commit takes long, since many share it, so does a quick task: then it waits for a few commits.
 */
const overtakenWithinMs = 20
const commitsWaitedFor = 4
const longestWaitMs = 100

/** From so many on, what waits goes in two commits at once: of one task always in one, since its news have their order. */
const spreadFrom = 100

/**
 * Writes what workers did, with all that follows from it, of everybody who waits in this moment, in one commit, or in two where that is much. `advance`
 * resolves to false when the item had been taken away meanwhile (fenced) and nothing was written for it.
 */
export const createRecorder = (options: { db: Database; notifier: Notifier }) => {
  const { db, notifier } = options
  const journal = createJournal(db)
  const starting = new Map<string, NodeJS.Timeout>()
  /** By task, the items whose steps are in the journal only. */
  const going = new Map<string, { timer: NodeJS.Timeout; items: Map<string, Advance> }>()
  /** Those that are on their way from there. */
  const telling = new Set<Progress>()

  /** How long a commit takes these days. */
  let commitMs = 0
  const waitMs = (): number => Math.min(longestWaitMs, Math.max(overtakenWithinMs, commitsWaitedFor * commitMs))

  const flush = async (entries: Entry[]): Promise<boolean[]> => {
    const advances = entries.flatMap((entry) => (entry.kind === 'advance' ? [entry.advance] : []))
    const beganMs = performance.now()
    const written = await advanceItems(db, {
      advances,
      started: entries.flatMap((entry) => (entry.kind === 'start' ? [entry.taskId] : [])),
      progress: entries.flatMap((entry) => (entry.kind === 'progress' ? eventOf(entry.progress) : [])),
    })
    commitMs = (commitMs + performance.now() - beganMs) / 2
    // Those that were not written are another's by now; whatever the journal says of them counts no more.
    for (const advance of advances) journal.settled(advance)
    if (entries.some((entry) => entry.kind !== 'advance' || isNews(entry.advance))) notifier.nudge('events')
    return entries.map((entry) => entry.kind !== 'advance' || written.has(entry.advance.id))
  }

  const catchUp = async (items: Advance[][]): Promise<Advance[][]> => {
    const advances = items.flat()
    const written = await advanceSteps(db, advances)
    for (const advance of advances) journal.settled(advance)
    return items.map((own) => own.filter(({ id }) => written.has(id)))
  }

  const group = createGroupCommit({ flush, maxBatch: 500, lanes: 2, spreadFrom, keyOf: taskOf })
  const rows = createGroupCommit({ flush: catchUp, maxBatch: 100, lanes: 1 })
  /** News that gets lost is made good by the next write of the same task. */
  const tell = (entry: Entry): void => void group.add(entry).catch(() => {})

  const tellProgress = (taskId: string): void => {
    const progress: Progress = { taskId, items: going.get(taskId)?.items ?? new Map() }
    going.delete(taskId)
    if (progress.items.size === 0) return
    telling.add(progress)
    void follow(progress)
      .catch(() => {})
      .finally(() => telling.delete(progress))
  }

  /**
   * The rows first: who hears of it may look, and of what is in other hands by now there is nothing to tell. A row that
   * stays behind is in the journal all the same.
   */
  const follow = async (progress: Progress): Promise<void> => {
    const written = new Set((await rows.add([...progress.items.values()])).map(({ id }) => id))
    for (const id of progress.items.keys()) if (!written.has(id)) progress.items.delete(id)
    if (progress.items.size > 0) await group.add({ kind: 'progress', progress })
  }

  /** The write of this very advance tells of the task's beginning and of this item. */
  const overtake = ({ taskId, id }: Advance): void => {
    clearTimeout(starting.get(taskId))
    starting.delete(taskId)
    const waiting = going.get(taskId)
    waiting?.items.delete(id)
    for (const progress of telling) if (progress.taskId === taskId) progress.items.delete(id)
    if (waiting?.items.size === 0) {
      clearTimeout(waiting.timer)
      going.delete(taskId)
    }
  }

  const tellSoon = (advance: Advance): void => {
    const waiting = going.get(advance.taskId)
    if (waiting) waiting.items.set(advance.id, advance)
    else {
      const timer = setTimeout(() => tellProgress(advance.taskId), waitMs())
      going.set(advance.taskId, { timer, items: new Map([[advance.id, advance]]) })
    }
  }

  return {
    /** A worker begins with a task that was queued or scheduled. */
    started: (taskId: string): void => {
      if (starting.has(taskId)) return
      const timer = setTimeout(() => {
        starting.delete(taskId)
        tell({ kind: 'start', taskId })
      }, waitMs())
      starting.set(taskId, timer)
    },
    advance: async (advance: Advance): Promise<boolean> => {
      if (!isStepOnly(advance)) {
        if (isNews(advance)) overtake(advance)
        return group.add({ kind: 'advance', advance })
      }
      const isOurs = await journal.append(advance)
      if (isOurs) tellSoon(advance)
      return isOurs
    },
    /** Around what takes items back from this worker by its journal. */
    carryOver: journal.carryOver,
    /** Sends what still waits, and resolves when all is written. */
    idle: async (): Promise<void> => {
      for (const [taskId, timer] of starting) {
        clearTimeout(timer)
        tell({ kind: 'start', taskId })
      }
      starting.clear()
      await journal.idle()
      for (const [taskId, { timer }] of going) {
        clearTimeout(timer)
        tellProgress(taskId)
      }
      await rows.idle()
      await group.idle()
    },
  }
}
export type Recorder = ReturnType<typeof createRecorder>

const taskOf = (entry: Entry): string =>
  entry.kind === 'advance' ? entry.advance.taskId : entry.kind === 'start' ? entry.taskId : entry.progress.taskId

/** Whether the task's own row moves with this: an item ended, or began to wait. A wait that goes on is not news. */
const isNews = (advance: Advance): boolean =>
  advance.status === 'waiting' ? !advance.wasInWait : advance.status !== 'running' && advance.status !== 'pending'

/** Read when it is written: what ended since is not said to go on. */
const eventOf = ({ taskId, items: all }: Progress): NewEvent[] => {
  if (all.size === 0) return []
  const items = [...all.values()]
  return [
    {
      topics: [`tasks/${taskId}`],
      type: 'task.progress',
      accounts: [...new Set(items.map((item) => item.account))],
      data: {
        id: taskId,
        items: items.slice(0, mostListedItems).map((item) => ({ id: item.id, status: item.status, step: item.step })),
        more: items.length > mostListedItems,
      },
    },
  ]
}
