import type { List } from '#contracts/list.ts'
import type { QueueState } from '#contracts/queue.ts'
import type { Item, Task, TaskRow } from '#contracts/task.ts'
import type { Database } from '#platform/db/database.ts'
import { decodePosition, encodeCursor, pageOf } from '#platform/http/paging.ts'
import { uuidShape } from '#platform/ids.ts'
import { governanceOf } from '../approvals/store.ts'
import { undoability } from '../control/undo.ts'
import type { TaskEvent, TaskService } from '../http/task-service.ts'
import type { Operation } from '../operation.ts'
import { countItems, listItems, listTaskEvents, plannedTargets } from '../store/read-items.ts'
import type { TaskRecord } from '../store/shapes.ts'
import {
  approvalsOf,
  countTasksMatching,
  findTask,
  listTasks,
  queueCounts,
  runningItems,
  undosOf,
} from '../store/read-tasks.ts'
import { searchedAtOnce } from '../store/search-tasks.ts'
import { errors } from '../errors.ts'
import { findConducts } from '../store/conducted-tasks.ts'
import { createObserver } from './observe.ts'
import { readRollout } from './rollout-view.ts'
import { findStuck, listStuck } from '../stuck/store.ts'
import { itemOf, taskOf, taskRowOf } from './task-view.ts'

/** All targets that a plan can have. */
const mostPlanned = 10_000
/** Stuck tasks that the state of the queue names. */
const mostStuck = 20

/** Reads of the task service: what people and programs see of tasks, live or long over. */
export const createReader = (deps: {
  db: Database
  operation: (name: string, version: number) => Operation | null
  now?: () => Date
  /** How far one page looks for a text. */
  searched?: typeof searchedAtOnce
}): Pick<TaskService, 'get' | 'list' | 'items' | 'events'> & {
  /** What the task engine itself knows of how busy it is. */
  queue: () => Promise<Omit<QueueState, 'quotas' | 'breakers'>>
} => {
  const { db, operation, now = () => new Date(), searched = searchedAtOnce } = deps

  const undoOf = async (task: TaskRecord) => {
    const undos = await undosOf(db, task.id)
    return {
      ...undoability(task, operation(task.operation, task.operation_version), undos),
      task: undos.tasks[0]?.id ?? null,
      takenBack: undos.takenBack,
    }
  }

  const observe = createObserver({ db, now })

  const get: TaskService['get'] = async (taskId, { targets: mostTargets = mostPlanned } = {}): Promise<Task | null> => {
    const task = await findTask(db, taskId)
    if (task === undefined) return null
    const [targets, approvals, running, undo, governance, { view, conduct }, stuck] = await Promise.all([
      mostTargets === 0 ? [] : plannedTargets(db, taskId, mostTargets),
      approvalsOf(db, [taskId]),
      runningItems(db, [taskId]),
      undoOf(task),
      governanceOf(db, [taskId]),
      readRollout(db, task),
      findStuck(db, taskId),
    ])
    const places = await observe([task], new Map(conduct === undefined ? [] : [[taskId, conduct]]))
    const { takenBack: _takenBack, ...undoOfTask } = undo
    const shown = taskOf(task, {
      targets,
      approvals,
      running: running.get(taskId) ?? 0,
      undo: undoOfTask,
      governance: governance.get(taskId),
      conduct,
      places: places.get(taskId) ?? [],
      now: now(),
    })
    return {
      ...shown,
      ...view,
      ...(stuck === undefined ? {} : { stuck: { since: stuck.since.toISOString(), why: stuck.why } }),
    }
  }

  const list: TaskService['list'] = async (filter, { limit, cursor }): Promise<List<TaskRow>> => {
    const beforeId = decodePosition(cursor, uuidShape)
    const [{ rows, searchedTo }, total] = await Promise.all([
      listTasks(db, filter, { limit, beforeId }, searched),
      countTasksMatching(db, filter, searched),
    ])
    const { page, nextCursor } = pageOf(rows, limit, (task) => [task.id])
    const [running, governance, conducts] = await Promise.all([
      runningItems(
        db,
        page.filter((task) => task.open > 0).map((task) => task.id),
      ),
      governanceOf(
        db,
        page.map((task) => task.id),
      ),
      findConducts(
        db,
        page.filter((task) => task.finished_at === null).map((task) => task.id),
      ),
    ])
    const places = await observe(page, conducts)
    return {
      items: page.map((task) =>
        taskRowOf(task, {
          running: running.get(task.id) ?? 0,
          governance: governance.get(task.id),
          conduct: conducts.get(task.id),
          places: places.get(task.id) ?? [],
          now: now(),
        }),
      ),
      // A page that ended before it was full, or empty, where a search goes on.
      nextCursor: nextCursor ?? (searchedTo === null ? null : encodeCursor([searchedTo])),
      total,
    }
  }

  const items: TaskService['items'] = async (taskId, { limit, cursor, status }): Promise<List<Item>> => {
    const afterOrdinal = Number(decodePosition(cursor, /^\d{1,9}$/) ?? -1)
    const task = await findTask(db, taskId)
    if (task === undefined) throw errors.task_not_found(`There is no task "${taskId}".`)
    const [found, total, undo] = await Promise.all([
      listItems(db, taskId, { limit, afterOrdinal, ...(status === undefined ? {} : { status }) }),
      countItems(db, taskId, status),
      undoOf(task),
    ])
    const { page, nextCursor } = pageOf(found, limit, (item) => [String(item.ordinal)])
    const labelOf = operation(task.operation, task.operation_version)?.undo.labelOf
    return {
      items: page.map((item) => itemOf(item, task, { ...undo, labelOf })),
      nextCursor,
      total,
    }
  }

  const events: TaskService['events'] = async (taskId, { limit, cursor }): Promise<List<TaskEvent>> => {
    const [xid, id] = decodePosition(cursor, /^\d{1,20}-\d{1,19}$/)?.split('-') ?? []
    const found = await listTaskEvents(db, taskId, { limit, after: xid && id ? { xid, id } : null })
    const { page, nextCursor } = pageOf(found, limit, (event) => [`${event.xid}-${event.id}`])
    return {
      items: page.map((event) => ({
        cursor: `${event.xid}-${event.id}`,
        topic: `tasks/${taskId}`,
        type: event.type,
        at: event.at.toISOString(),
        data: event.data,
      })),
      nextCursor,
      // Events are read as a stream; nobody needs their number, so it is what is known without counting.
      total: { value: page.length, relation: found.length > limit || cursor !== undefined ? 'gte' : 'eq' },
    }
  }

  const queue = async (): Promise<Omit<QueueState, 'quotas' | 'breakers'>> => {
    const [{ tasks, items: counts, workers }, stuck] = await Promise.all([queueCounts(db), listStuck(db, mostStuck)])
    return {
      tasks: Object.fromEntries(tasks.map((row) => [row.status, row.count])),
      items: Object.fromEntries(counts.map((row) => [row.status, row.count])),
      oldestDueSeconds: Math.max(0, ...counts.map((row) => row.oldest ?? 0)),
      stuck: stuck.map(({ id, since, why }) => ({ task: id, since: since.toISOString(), why })),
      workers: workers.map((worker) => ({
        id: worker.id,
        host: worker.host,
        pid: worker.pid,
        startedAt: worker.started_at.toISOString(),
        leaseUntil: worker.lease_until.toISOString(),
        items: worker.items,
      })),
    }
  }

  return { get, list, items, events, queue }
}
