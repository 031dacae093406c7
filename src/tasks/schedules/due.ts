import { lateAfterSeconds, mostMadeUp } from '#contracts/schedule.ts'
import { uuidv7 } from '#platform/ids.ts'
import type { NewRun } from './run-store.ts'
import type { ScheduleRecord } from './store.ts'
import { timingOf } from './store.ts'
import { dueTimes, nextRun } from './timing.ts'

/**
 * What becomes of a schedule whose time has come: its runs, and its next time. The newest time that came is missed when it is
 * longer ago than a hiccup; those before it always are.
 */
export const runsOfDue = (schedule: ScheduleRecord, now: Date): { runs: NewRun[]; nextRunAt: Date | null } => {
  const timing = timingOf(schedule)
  const nextRunAt = nextRun(timing, now)
  const first = schedule.next_run_at
  if (first === null) return { runs: [], nextRunAt }
  const { times } = dueTimes(timing, first, now)
  const newest = times.at(-1)
  if (newest === undefined) return { runs: [], nextRunAt }
  const isOnTime = now.getTime() - newest.getTime() <= lateAfterSeconds * 1000
  const run = (dueAt: Date, more: Partial<NewRun> = {}): NewRun => ({
    id: uuidv7(),
    schedule_id: schedule.id,
    due_at: dueAt,
    trigger: 'time',
    is_made_up: false,
    missed: 0,
    status: 'pending',
    why: null,
    readyAt: now,
    ...more,
  })

  const earlier = times.length - 1
  switch (schedule.missed_runs) {
    case 'run_once':
      return { runs: [run(newest, { missed: earlier, is_made_up: !isOnTime })], nextRunAt }
    case 'run_all': {
      const chosen = times.slice(-mostMadeUp)
      return {
        runs: chosen.map((time, index) =>
          run(time, {
            missed: index === 0 ? times.length - chosen.length : 0,
            is_made_up: chosen.length > 1 || !isOnTime,
          }),
        ),
        nextRunAt,
      }
    }
    case 'skip':
      return {
        runs: isOnTime
          ? [run(newest, { missed: earlier })]
          : [
              run(newest, {
                missed: earlier,
                status: 'skipped',
                why: 'Its time passed while nobody was there to run it.',
              }),
            ],
        nextRunAt,
      }
  }
}
