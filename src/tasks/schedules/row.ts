import type { Principal } from '#contracts/principal.ts'
import type { NewSchedule, ScheduleChanges } from '#contracts/schedule.ts'
import type { Catalogue } from '../catalogue.ts'
import { errors } from '../errors.ts'
import { parseParams } from '../plan/params.ts'
import { requireStorable } from '../plan/text.ts'
import type { ScheduleRecord } from './store.ts'
import type { Timing } from './timing.ts'

/** A schedule's row as it is written; the database adds the times of its making. */
export type NewRow = Omit<ScheduleRecord, 'created_at' | 'updated_at'>

/** An API token's scopes go with what it wrote: a schedule must not be a way around them. */
export const ownerOf = (principal: Principal): Pick<ScheduleRecord, 'owner' | 'owner_scopes'> => ({
  owner: { id: principal.userId, email: principal.email },
  owner_scopes: principal.scopes,
})

export const whatOf = (
  catalogue: Catalogue,
  given: Pick<NewSchedule, 'operation' | 'targets'> & { params: Record<string, unknown> },
): Pick<ScheduleRecord, 'operation' | 'targets' | 'params'> => {
  const operation = catalogue.get(given.operation)
  requireStorable(given.targets, 'targets')
  return { operation: operation.name, targets: given.targets, params: parseParams(operation, given.params) }
}

export type GivenTiming = Partial<Record<'cron' | 'at' | 'startsAt' | 'endsAt', string | null | undefined>> & {
  timeZone: string
  skipDates: readonly string[]
}
type TimingColumns = Pick<ScheduleRecord, 'cron' | 'at' | 'time_zone' | 'starts_at' | 'ends_at' | 'skip_dates'>

const dateOf = (text: string | null | undefined): Date | null => (text == null ? null : new Date(text))
export const whenOf = ({ cron, at, startsAt, endsAt, timeZone, skipDates }: GivenTiming): TimingColumns => ({
  cron: cron?.trim().replace(/\s+/g, ' ') ?? null,
  at: dateOf(at),
  time_zone: timeZone,
  starts_at: dateOf(startsAt),
  ends_at: dateOf(endsAt),
  skip_dates: [...new Set(skipDates)].sort(),
})

export const timingOfRow = (row: TimingColumns): Timing => ({
  cron: row.cron,
  at: row.at,
  timeZone: row.time_zone,
  startsAt: row.starts_at,
  endsAt: row.ends_at,
  skipDates: row.skip_dates,
})

/** What a row becomes by these changes; what they leave out stays. Throws `invalid_timing` where both or neither of its times are left. */
export const changedRow = (catalogue: Catalogue, before: NewRow, changes: ScheduleChanges): NewRow => {
  const given: GivenTiming = {
    cron: changes.cron === undefined ? before.cron : changes.cron,
    at: changes.at === undefined ? textOf(before.at) : changes.at,
    startsAt: changes.startsAt === undefined ? textOf(before.starts_at) : changes.startsAt,
    endsAt: changes.endsAt === undefined ? textOf(before.ends_at) : changes.endsAt,
    timeZone: changes.timeZone ?? before.time_zone,
    skipDates: changes.skipDates ?? before.skip_dates,
  }
  if ((given.cron == null) === (given.at == null)) {
    throw errors.invalid_timing('Give either cron or at, and null for the other.', {
      errors: [{ path: 'cron', message: 'either cron or at' }],
    })
  }
  return {
    ...before,
    ...whatOf(catalogue, {
      operation: changes.operation ?? before.operation,
      targets: changes.targets ?? before.targets,
      params: changes.params ?? before.params,
    }),
    ...whenOf(given),
    name: changes.name ?? before.name,
    missed_runs: changes.missedRuns ?? before.missed_runs,
    overlap: changes.overlap ?? before.overlap,
    priority: changes.priority ?? before.priority,
    reason: changes.reason === undefined ? before.reason : changes.reason,
  }
}

const textOf = (date: Date | null): string | null => date?.toISOString() ?? null

export const auditOf = (row: NewRow): Record<string, unknown> => ({
  operation: row.operation,
  targets: row.targets,
  params: row.params,
  cron: row.cron,
  at: row.at?.toISOString() ?? null,
  timeZone: row.time_zone,
  owner: row.owner.email,
})
