import type { Task } from '#contracts/task.ts'
import type { WaveState } from '#contracts/bulk.ts'
import type { Sql } from '#platform/db/database.ts'
import { findConduct, followersOf, predecessorsOf } from '../store/conducted-tasks.ts'
import type { Conduct, Predecessor } from '../store/conducted-tasks.ts'
import type { TaskRecord } from '../store/shapes.ts'
import { findWatch } from '../watch/store.ts'
import type { Watch } from '../watch/store.ts'
import { retriesOf, retryOf } from '../store/retries.ts'

export type RolloutView = Pick<
  Task,
  'waves' | 'soakUntil' | 'budget' | 'watch' | 'runAfter' | 'followedBy' | 'retryOf' | 'retries'
>

/** What a task says about its waves and budget, the tasks it waits for, and those that try it again. */
export const readRollout = async (
  sql: Sql,
  task: Pick<TaskRecord, 'id' | 'failed' | 'compensated' | 'finished_at'>,
): Promise<{ view: RolloutView; conduct: Conduct | undefined }> => {
  const [conduct, watch, predecessors, followers, origin, retries] = await Promise.all([
    findConduct(sql, task.id),
    findWatch(sql, task.id),
    predecessorsOf(sql, task.id),
    followersOf(sql, task.id),
    retryOf(sql, task.id),
    retriesOf(sql, task.id),
  ])
  const view = {
    ...(conduct === undefined ? {} : conductView(conduct, task)),
    ...(watch === undefined ? {} : { watch: watchView(watch) }),
    ...(predecessors.length === 0 ? {} : { runAfter: predecessors.map(predecessorView) }),
    ...(followers.length === 0 ? {} : { followedBy: followers.map(({ id, status }) => ({ task: id, status })) }),
    ...(origin === null ? {} : { retryOf: origin }),
    ...(retries.length === 0 ? {} : { retries: retries.map(({ id, status }) => ({ task: id, status })) }),
  }
  return { view, conduct }
}

const watchView = ({ alarms, quiet_at: quietAt, problem, paused_by: pausedBy }: Watch) => ({
  alarms,
  quietAt: quietAt?.toISOString() ?? null,
  problem,
  pausedBy,
})

const predecessorView = ({ id, on_end, status }: Predecessor) => ({ task: id, on: on_end, status })

export const conductView = (
  conduct: Conduct,
  task: Pick<TaskRecord, 'failed' | 'compensated' | 'finished_at'>,
): RolloutView => ({
  ...(conduct.wave_ends.length < 2
    ? {}
    : { waves: conduct.wave_ends.map((_, index) => waveState(conduct, index, task.finished_at !== null)) }),
  ...(conduct.soak_until === null ? {} : { soakUntil: conduct.soak_until.toISOString() }),
  ...(conduct.error_budget === null
    ? {}
    : {
        budget: {
          limit: conduct.error_budget,
          onBudget: conduct.on_budget,
          failed: task.failed + task.compensated,
          most: conduct.most_failures ?? 0,
          undoProblem: conduct.undo_problem,
        },
      }),
})

const waveState = (conduct: Conduct, index: number, isTaskOver: boolean): WaveState => {
  const { wave_ends: ends, released, over_at: overAt, released_at: releasedAt } = conduct
  const isOver = isTaskOver || index < overAt.length
  const isSoaking = conduct.soak_until !== null && index === overAt.length - 1
  return {
    size: (ends[index] ?? 0) - (ends[index - 1] ?? 0),
    status: index >= released ? 'held' : isSoaking ? 'soaking' : isOver ? 'over' : 'running',
    releasedAt: releasedAt[index]?.toISOString() ?? null,
    overAt: overAt[index]?.toISOString() ?? null,
  }
}
