import type { List, PageQuery } from '#contracts/list.ts'
import { countedTo } from '#contracts/list.ts'
import { previewedDays } from '#contracts/on-off-plan.ts'
import type {
  NewOnOffPlan,
  OnOffPlan,
  OnOffPlanChanges,
  OnOffPreview,
  OnOffPreviewRequest,
} from '#contracts/on-off-plan.ts'
import { newScheduleSchema } from '#contracts/schedule.ts'
import type { NewSchedule } from '#contracts/schedule.ts'
import type { Database, Sql, Transaction } from '#platform/db/database.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import { isUuid, uuidShape, uuidv7 } from '#platform/ids.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import type { Planner } from '../plan.ts'
import { requireStorable } from '../plan/text.ts'
import type { Asker } from '../schedules/record.ts'
import { lastRuns } from '../schedules/run-store.ts'
import type { Schedules } from '../schedules/schedules.ts'
import type { ScheduleRecord } from '../schedules/store.ts'
import { requireTiming } from '../schedules/timing.ts'
import { estimate, savingsOf } from './savings.ts'
import {
  countOnOffPlans,
  deleteOnOffPlan,
  findOnOffPlan,
  halvesOf,
  listOnOffPlans,
  lockOnOffPlan,
  newestApprovals,
  putOnOffPlan,
} from './store.ts'
import type { OnOffRecord } from './store.ts'
import { changesBetween, cronsOf, hoursOff, inOrder, timingOf } from './times.ts'
import type { OnOffTimes } from './times.ts'
import { onOffPlanOf, timesOf } from './view.ts'
import type { HalfRecords } from './view.ts'

type NewRow = Omit<OnOffRecord, 'created_at' | 'updated_at'>
type Halves = { off: ScheduleRecord; on: ScheduleRecord }

/** Plans that stop targets at one time and start them at another: two schedules that are written together. Rights are asked for by whoever calls. */
export const createOnOffPlans = (deps: {
  db: Database
  now: () => Date
  planner: Pick<Planner, 'prepare'>
  schedules: Pick<Schedules, 'within'>
}) => {
  const { db, now } = deps
  const { within } = deps.schedules

  const halves = async (sql: Sql, row: OnOffRecord): Promise<Halves> => splitOf(row, await halvesOf(sql, [row.id]))

  const find = async (id: string): Promise<OnOffRecord> => {
    const row = isUuid(id) ? await findOnOffPlan(db, id) : undefined
    if (row === undefined) throw unknown(id)
    return row
  }

  const locked = async (tx: Sql, id: string): Promise<OnOffRecord> => {
    const row = isUuid(id) ? await lockOnOffPlan(tx, id) : undefined
    if (row === undefined) throw unknown(id)
    return row
  }

  const views = async (rows: readonly OnOffRecord[]): Promise<OnOffPlan[]> => {
    const schedules = await halvesOf(
      db,
      rows.map(({ id }) => id),
    )
    const ids = schedules.map(({ id }) => id)
    const [runs, approvals] = await Promise.all([lastRuns(db, ids), newestApprovals(db, ids)])
    const half = (schedule: ScheduleRecord): HalfRecords => ({
      schedule,
      lastRun: runs.get(schedule.id),
      approval: approvals.get(schedule.id),
    })
    // One that was deleted between the two queries has no halves any more.
    return rows
      .filter(({ id }) => schedules.some((schedule) => schedule.on_off_plan_id === id))
      .map((row) => {
        const { off, on } = splitOf(row, schedules)
        return onOffPlanOf(row, half(off), half(on), now())
      })
  }

  const get = async (id: string): Promise<OnOffPlan> => {
    const [view] = await views([await find(id)])
    if (view === undefined) throw unknown(id)
    return view
  }

  const create = async (asker: Asker, row: NewRow): Promise<void> =>
    db.transaction(async (tx) => {
      await putOnOffPlan(tx, row)
      const { off, on } = halfSchedules(row)
      await within.create(asker, newHalf(off), tx, row.id)
      await within.create(asker, newHalf(on), tx, row.id)
      await record(tx, asker, 'create', row)
    })

  const change = async (asker: Asker, id: string, changes: OnOffPlanChanges): Promise<void> => {
    // Planning takes a while and asks AWS: not under a lock.
    const estimated = await estimate({ planner: deps.planner, now }, asker, changes.targets ?? (await find(id)).targets)
    await db.transaction(async (tx) => {
      const before = await locked(tx, id)
      const row = changedRow(before, changes, estimated)
      requireWritable(row, now())
      await putOnOffPlan(tx, row)
      const old = await halves(tx, before)
      const { off, on } = halfSchedules(row)
      await within.change(asker, old.off.id, off, tx)
      await within.change(asker, old.on.id, on, tx)
      await record(tx, asker, 'change', row)
    })
  }

  const setPaused = async (asker: Asker, id: string, isPaused: boolean): Promise<void> =>
    db.transaction(async (tx) => {
      const row = await locked(tx, id)
      const { off, on } = await halves(tx, row)
      // One half may have been stopped already because its owner is gone.
      const others = [off, on].filter((half) => half.is_enabled === isPaused)
      if (others.length === 0)
        throw errors.schedule_state(`On/off plan "${row.name}" is ${isPaused ? 'paused' : 'not paused'} already.`)
      for (const half of others) await within.setPaused(asker, half.id, isPaused, tx)
      await record(tx, asker, isPaused ? 'pause' : 'resume', row)
    })

  const remove = async (asker: Asker, id: string): Promise<void> =>
    db.transaction(async (tx) => {
      const row = await locked(tx, id)
      const { off, on } = await halves(tx, row)
      await within.remove(asker, off.id, tx)
      await within.remove(asker, on.id, tx)
      await deleteOnOffPlan(tx, id)
      await record(tx, asker, 'delete', row)
    })

  return {
    /** Its halves; they have one owner. */
    halves: async (id: string): Promise<Halves> => {
      const row = await find(id)
      const schedules = await halvesOf(db, [row.id])
      if (schedules.length === 0) throw unknown(id)
      return splitOf(row, schedules)
    },
    get,

    list: async ({ limit, cursor }: PageQuery): Promise<List<OnOffPlan>> => {
      const beforeId = decodePosition(cursor, uuidShape)
      const [found, count] = await Promise.all([
        listOnOffPlans(db, { limit, beforeId }),
        countOnOffPlans(db, countedTo + 1),
      ])
      const { page, nextCursor } = pageOf(found, limit, (row) => [row.id])
      return { items: await views(page), nextCursor, total: totalOf(count) }
    },

    create: async (asker: Asker, given: NewOnOffPlan): Promise<OnOffPlan> => {
      const row = {
        id: uuidv7(),
        name: given.name,
        operation_off: given.operationOff,
        operation_on: given.operationOn,
        targets: given.targets,
        ...columnsOf(given),
        reason: given.reason ?? null,
      }
      requireWritable(row, now())
      await create(asker, { ...row, estimate: await estimate({ planner: deps.planner, now }, asker, given.targets) })
      return get(row.id)
    },

    change: async (asker: Asker, id: string, changes: OnOffPlanChanges): Promise<OnOffPlan> => {
      await change(asker, id, changes)
      return get(id)
    },
    pause: async (asker: Asker, id: string): Promise<OnOffPlan> => {
      await setPaused(asker, id, true)
      return get(id)
    },
    resume: async (asker: Asker, id: string): Promise<OnOffPlan> => {
      await setPaused(asker, id, false)
      return get(id)
    },
    remove,

    preview: async (asker: Asker, { targets, ...times }: OnOffPreviewRequest): Promise<OnOffPreview> => {
      requireTimes(times, now())
      const until = new Date(now().getTime() + previewedDays * 86_400_000)
      return {
        changes: changesBetween(times, now(), until).map(({ at, to }) => ({ at: at.toISOString(), to })),
        hoursOff: hoursOff(times),
        savings:
          targets === undefined
            ? null
            : savingsOf(times, await estimate({ planner: deps.planner, now }, asker, targets)),
      }
    },
  }
}
export type OnOffPlans = ReturnType<typeof createOnOffPlans>

const splitOf = (row: OnOffRecord, schedules: readonly (ScheduleRecord & { on_off_plan_id: string })[]): Halves => {
  const half = (operation: string) =>
    schedules.find((one) => one.on_off_plan_id === row.id && one.operation === operation)
  const [off, on] = [half(row.operation_off), half(row.operation_on)]
  if (off === undefined || on === undefined) throw new Error(`on/off plan ${row.id} lost one of its schedules`)
  return { off, on }
}

const columnsOf = (times: OnOffTimes): Pick<NewRow, 'days' | 'off_at' | 'on_at' | 'time_zone' | 'except_dates'> => ({
  days: inOrder(times.days),
  off_at: times.offAt,
  on_at: times.onAt,
  time_zone: times.timeZone,
  except_dates: [...new Set(times.exceptDates)].sort(),
})

const changedRow = (
  before: OnOffRecord,
  changes: OnOffPlanChanges,
  estimated: OnOffRecord['estimate'],
): OnOffRecord => {
  const old = timesOf(before)
  return {
    ...before,
    name: changes.name ?? before.name,
    targets: changes.targets ?? before.targets,
    ...columnsOf({
      days: changes.days ?? old.days,
      offAt: changes.offAt ?? old.offAt,
      onAt: changes.onAt ?? old.onAt,
      timeZone: changes.timeZone ?? old.timeZone,
      exceptDates: changes.exceptDates ?? old.exceptDates,
    }),
    reason: changes.reason === undefined ? before.reason : changes.reason,
    estimate: estimated,
  }
}

type Written = Pick<NewRow, 'name' | 'targets' | 'days' | 'off_at' | 'on_at' | 'time_zone' | 'except_dates' | 'reason'>

const requireWritable = (row: Written, now: Date): void => {
  requireStorable({ name: row.name, reason: row.reason, targets: row.targets }, 'plan')
  requireTimes(timesOf(row), now)
}

const requireTimes = (times: OnOffTimes, now: Date): void => {
  if (times.offAt === times.onAt) {
    throw errors.invalid_timing(`It can't be stopped and started at the same time, ${times.onAt}.`, {
      errors: [{ path: 'onAt', message: 'must be another time than offAt', value: times.onAt }],
    })
  }
  const crons = cronsOf(times)
  for (const cron of [crons.off, crons.on]) requireTiming(timingOf(times, cron), now)
}

/** What the schedules of its halves say; both are made of the same plan. */
const halfSchedules = (row: NewRow) => {
  const crons = cronsOf(timesOf(row))
  const half = (what: 'off' | 'on') => ({
    name: `${row.name}: ${what}`,
    targets: row.targets,
    cron: crons[what],
    timeZone: row.time_zone,
    skipDates: row.except_dates,
    reason: row.reason,
  })
  return {
    off: { ...half('off'), operation: row.operation_off },
    on: { ...half('on'), operation: row.operation_on },
  }
}

const newHalf = ({ reason, ...half }: ReturnType<typeof halfSchedules>['off']): NewSchedule =>
  newScheduleSchema.parse({ ...half, ...(reason === null ? {} : { reason }) })

const record = (tx: Transaction, { principal, requestId }: Asker, verb: string, row: NewRow): Promise<void> =>
  appendAudit(tx, [
    {
      actor: actorOf(principal),
      action: `on-off-plan.${verb}`,
      subject: { type: 'OnOffPlan', id: row.id },
      outcome: 'succeeded',
      requestId,
      details: {
        name: row.name,
        targets: row.targets,
        days: row.days,
        offAt: row.off_at,
        onAt: row.on_at,
        timeZone: row.time_zone,
        exceptDates: row.except_dates,
      },
    },
  ])

const unknown = (id: string) => errors.on_off_plan_not_found(`There is no on/off plan "${id.slice(0, 100)}".`)
