import type { List, PageQuery } from '#contracts/list.ts'
import { countedTo } from '#contracts/list.ts'
import { previewedRuns } from '#contracts/schedule.ts'
import type {
  NewSchedule,
  Schedule,
  ScheduleChanges,
  ScheduleDecision,
  ScheduleFilter,
  ScheduleRow,
  ScheduleRun,
  StandingApprovalRequest,
} from '#contracts/schedule.ts'
import type { Database, Sql, Transaction } from '#platform/db/database.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import { isUuid, uuidShape, uuidv7 } from '#platform/ids.ts'
import type { SelfApproval } from '../approval-rules.ts'
import type { Catalogue } from '../catalogue.ts'
import { errors } from '../errors.ts'
import { requireStorable } from '../plan/text.ts'
import { newestApproval, voidStandingApproval, votesOn } from './approval-store.ts'
import { recordSchedule } from './record.ts'
import type { Asker } from './record.ts'
import { auditOf, changedRow, ownerOf, timingOfRow, whatOf, whenOf } from './row.ts'
import type { GivenTiming, NewRow } from './row.ts'
import { tellOfSchedules } from './schedule-event.ts'
import { countRuns, insertRuns, lastRuns, listRuns } from './run-store.ts'
import { askApproval, decideStanding } from './standing.ts'
import {
  countOwned,
  countSchedules,
  deleteSchedule,
  findSchedule,
  listSchedules,
  lockSchedule,
  putSchedule,
  setEnabled,
  timingOf,
} from './store.ts'
import type { ScheduleRecord } from './store.ts'
import { nextRun, nextRuns, requireTiming } from './timing.ts'
import { approvalViewOf, runOf, scheduleRowOf, statusOf } from './view.ts'

export type { Asker }

/** More than anybody has by hand; each costs the loop a look at its time. */
const mostSchedules = 10_000

/** What people do with schedules. Rights are asked for by whoever calls. */
export const createSchedules = (deps: {
  db: Database
  now: () => Date
  catalogue: Catalogue
  selfApproval: SelfApproval
  notifier: Notifier
}) => {
  const { db, now, catalogue, selfApproval, notifier } = deps

  const wakeAfter = (tx: Transaction): void => tx.afterCommit(() => notifier.nudge(schedulesChannel))
  const tell = (tx: Transaction, schedule: string, verb: string): Promise<void> =>
    tellOfSchedules(tx, notifier, [{ schedule, verb }])

  const get = async (id: string): Promise<ScheduleRecord> => {
    const row = isUuid(id) ? await findSchedule(db, id) : undefined
    if (row === undefined) throw unknown(id)
    return row
  }

  const locked = async (tx: Sql, id: string): Promise<ScheduleRecord> => {
    const row = await lockSchedule(tx, id)
    if (row === undefined) throw unknown(id)
    return row
  }

  const view = async (row: ScheduleRecord): Promise<Schedule> => {
    const [last, approval] = await Promise.all([lastRuns(db, [row.id]), newestApproval(db, row.id)])
    return {
      ...scheduleRowOf(row, last.get(row.id)),
      nextRuns: row.is_enabled ? nextRuns(timingOf(row), now(), previewedRuns).map((time) => time.toISOString()) : [],
      standingApproval: approval === undefined ? null : approvalViewOf(approval, await votesOn(db, approval.id)),
    }
  }

  const create = async (
    asker: Asker,
    given: NewSchedule,
    tx: Transaction,
    plan: string | null = null,
  ): Promise<ScheduleRecord> => {
    if ((await countOwned(tx)) >= mostSchedules)
      throw errors.too_many_schedules(`There are ${mostSchedules} schedules already. Delete some that nobody needs.`)
    const row: NewRow = {
      id: uuidv7(),
      ...ownerOf(asker.principal),
      ...whatOf(catalogue, given),
      ...whenOf(given),
      name: given.name,
      missed_runs: given.missedRuns,
      overlap: given.overlap,
      priority: given.priority,
      reason: given.reason ?? null,
      is_enabled: given.isEnabled,
      stopped_reason: null,
      on_off_plan_id: plan,
      next_run_at: null,
    }
    await write(tx, row)
    await recordSchedule(tx, asker, 'create', row, auditOf(row))
    await tell(tx, row.id, 'create')
    if (given.standingApproval) await askApproval(tx, now(), asker, row, given.standingApproval)
    return locked(tx, row.id)
  }

  /** Writes the row with its next time. Throws `invalid_timing`. */
  const write = async (tx: Transaction, row: NewRow): Promise<void> => {
    requireStorable({ name: row.name, reason: row.reason, targets: row.targets }, 'schedule')
    const timing = timingOfRow(row)
    requireTiming(timing, now())
    await putSchedule(tx, { ...row, next_run_at: nextRun(timing, now()) })
    wakeAfter(tx)
  }

  const change = async (
    asker: Asker,
    id: string,
    changes: ScheduleChanges,
    tx: Transaction,
  ): Promise<ScheduleRecord> => {
    const { created_at: _created, updated_at: _updated, ...old } = await locked(tx, id)
    // From now on it does what they wrote: with their rights, not with those of somebody else.
    const row: NewRow = { ...changedRow(catalogue, old, changes), ...ownerOf(asker.principal) }
    await write(tx, row)
    const voided = await voidStandingApproval(tx, id)
    await recordSchedule(tx, asker, 'change', row, { ...auditOf(row), standingApprovalsVoided: voided.length })
    await tell(tx, id, 'change')
    return locked(tx, id)
  }

  const setPaused = async (asker: Asker, id: string, isPaused: boolean, tx: Transaction): Promise<ScheduleRecord> => {
    const row = await locked(tx, id)
    const status = statusOf(row)
    if (isPaused ? !row.is_enabled : row.is_enabled) {
      throw errors.schedule_state(
        `Schedule "${row.name}" is ${status}: it can't be ${isPaused ? 'paused' : 'resumed'}.`,
      )
    }
    const next = isPaused ? null : nextRun(timingOf(row), now())
    if (!isPaused && next === null)
      throw errors.schedule_state(`Schedule "${row.name}" has no time left at which it could run. Change its times.`)
    // What was due while it was paused is not made up for: it goes on with the next time.
    await setEnabled(tx, id, { isEnabled: !isPaused, stoppedReason: null, nextRunAt: next })
    await recordSchedule(tx, asker, isPaused ? 'pause' : 'resume', row)
    await tell(tx, id, isPaused ? 'pause' : 'resume')
    wakeAfter(tx)
    return locked(tx, id)
  }

  const remove = async (asker: Asker, id: string, tx: Transaction): Promise<void> => {
    const row = await locked(tx, id)
    await deleteSchedule(tx, id)
    await recordSchedule(tx, asker, 'delete', row, auditOf(row))
    await tell(tx, id, 'delete')
  }

  /** Half a plan would be left, or one whose halves are for other targets. */
  const requireAlone = async (tx: Sql, id: string): Promise<void> => {
    const { name, on_off_plan_id: plan } = await locked(tx, id)
    if (plan === null) return
    throw errors.schedule_of_plan(
      `Schedule "${name}" is half of the on/off plan ${plan}: change, pause, resume or delete that, at /api/v1/on-off-plans/${plan}.`,
    )
  }
  const alone = <T>(id: string, work: (tx: Transaction) => Promise<T>): Promise<T> =>
    db.transaction(async (tx) => {
      await requireAlone(tx, id)
      return work(tx)
    })

  const decide = async (
    asker: Asker,
    id: string,
    decision: 'approved' | 'rejected',
    given: ScheduleDecision,
  ): Promise<Schedule> => {
    await db.transaction(async (tx) => {
      await decideStanding(tx, { now: now(), selfApproval }, asker, await locked(tx, id), decision, given)
      await tell(tx, id, decision === 'approved' ? 'approve' : 'reject')
    })
    return view(await get(id))
  }

  return {
    record: get,
    /** The same in the transaction of somebody who writes several schedules at once, halves of a plan as well. */
    within: { create, change, setPaused, remove },
    get: async (id: string): Promise<Schedule> => view(await get(id)),

    list: async (filter: ScheduleFilter, { limit, cursor }: PageQuery): Promise<List<ScheduleRow>> => {
      const beforeId = decodePosition(cursor, uuidShape)
      const [found, count] = await Promise.all([
        listSchedules(db, filter, { limit, beforeId }),
        countSchedules(db, filter, countedTo + 1),
      ])
      const { page, nextCursor } = pageOf(found, limit, (row) => [row.id])
      const last = await lastRuns(
        db,
        page.map((row) => row.id),
      )
      return { items: page.map((row) => scheduleRowOf(row, last.get(row.id))), nextCursor, total: totalOf(count) }
    },

    create: async (asker: Asker, given: NewSchedule): Promise<Schedule> =>
      view(await db.transaction((tx) => create(asker, given, tx))),

    change: async (asker: Asker, id: string, changes: ScheduleChanges): Promise<Schedule> =>
      view(await alone(id, (tx) => change(asker, id, changes, tx))),

    pause: async (asker: Asker, id: string): Promise<Schedule> =>
      view(await alone(id, (tx) => setPaused(asker, id, true, tx))),
    resume: async (asker: Asker, id: string): Promise<Schedule> =>
      view(await alone(id, (tx) => setPaused(asker, id, false, tx))),

    remove: (asker: Asker, id: string): Promise<void> => alone(id, (tx) => remove(asker, id, tx)),

    /** A run now, beside its times; also while it is paused. */
    run: (asker: Asker, id: string): Promise<ScheduleRun> =>
      db.transaction(async (tx) => {
        const row = await locked(tx, id)
        const dueAt = now()
        const runId = uuidv7()
        await insertRuns(tx, [
          {
            id: runId,
            schedule_id: id,
            due_at: dueAt,
            trigger: 'manual',
            is_made_up: false,
            missed: 0,
            status: 'pending',
            why: null,
            readyAt: dueAt,
          },
        ])
        await recordSchedule(tx, asker, 'run', row)
        await tell(tx, id, 'due')
        wakeAfter(tx)
        const run = (await lastRuns(tx, [id])).get(id)
        if (run === undefined) throw new Error(`the run ${runId} vanished in its own transaction`)
        return runOf(run)
      }),

    runs: async (id: string, { limit, cursor }: PageQuery): Promise<List<ScheduleRun>> => {
      const beforeId = decodePosition(cursor, uuidShape)
      const row = await get(id)
      const [found, count] = await Promise.all([
        listRuns(db, row.id, { limit, beforeId }),
        countRuns(db, row.id, countedTo + 1),
      ])
      const { page, nextCursor } = pageOf(found, limit, (run) => [run.id])
      return { items: page.map(runOf), nextCursor, total: totalOf(count) }
    },

    /** Asks others to approve all runs that fit. Who asked before asks anew: the earlier one counts no more. */
    askApproval: async (asker: Asker, id: string, request: StandingApprovalRequest): Promise<Schedule> => {
      await db.transaction(async (tx) => {
        await askApproval(tx, now(), asker, await locked(tx, id), request)
        await tell(tx, id, 'request-approval')
      })
      return view(await get(id))
    },
    approve: (asker: Asker, id: string, decision: ScheduleDecision) => decide(asker, id, 'approved', decision),
    reject: (asker: Asker, id: string, decision: ScheduleDecision) => decide(asker, id, 'rejected', decision),

    preview: (given: GivenTiming): string[] => {
      const timing = timingOfRow(whenOf(given))
      requireTiming(timing, now())
      return nextRuns(timing, now(), previewedRuns).map((time) => time.toISOString())
    },
  }
}
export type Schedules = ReturnType<typeof createSchedules>

/** Wakes the loops of all processes: a schedule is new or another. */
export const schedulesChannel = 'schedules'

const unknown = (id: string) => errors.schedule_not_found(`There is no schedule "${id.slice(0, 100)}".`)
