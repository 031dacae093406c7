import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'
import { targetsSchema } from './resource.ts'
import { riskSchema } from './task.ts'
import { prioritySchema } from './task-request.ts'

const personSchema = z.object({ id: z.string(), email: z.string() })
const reasonSchema = z.string().max(2000)
const timeSchema = z.iso.datetime({ offset: true })

/** Upcoming runs that are shown for a schedule. */
export const previewedRuns = 5
/** Of the runs that were missed, `run_all` makes up for the newest so many. */
export const mostMadeUp = 24
/** A run that begins later than this after its time was missed. */
export const lateAfterSeconds = 300

export const missedRunsSchema = z
  .enum(['skip', 'run_once', 'run_all'])
  .describe(
    `What becomes of runs whose time passed by more than ${lateAfterSeconds} s: nothing, one run for all of them, or one for each, of the newest ${mostMadeUp}, one after another`,
  )
export type MissedRuns = z.infer<typeof missedRunsSchema>

export const overlapSchema = z
  .enum(['skip', 'allow'])
  .describe("Whether a run is skipped while the task of the run before isn't over")

const cronSchema = z
  .string()
  .trim()
  .min(9)
  .max(200)
  .describe('Five fields: minute, hour, day of the month, month, day of the week; in the time zone')
const timeZoneSchema = z.string().min(1).max(64).describe('IANA name, for example "Europe/Berlin"')
const skipDatesSchema = z
  .array(z.iso.date())
  .max(400)
  .describe('Days, in the time zone, on which it does not run: holidays')

/** When it runs. Either `cron` or `at`. */
const timing = {
  cron: cronSchema.nullable().optional(),
  at: timeSchema.nullable().optional().describe('Once, at that moment'),
  timeZone: timeZoneSchema.default('UTC'),
  startsAt: timeSchema.nullable().optional(),
  endsAt: timeSchema.nullable().optional(),
  skipDates: skipDatesSchema.default([]),
}

type Timed = { cron?: string | null | undefined; at?: string | null | undefined }
const isEitherCronOrAt = ({ cron, at }: Timed): boolean => (cron == null) !== (at == null)
const eitherOne = { path: ['cron'], message: 'Give either cron or at.' }

export const schedulePreviewRequestSchema = z
  .strictObject(timing)
  .refine(isEitherCronOrAt, eitherOne)
  .meta({ id: 'SchedulePreviewRequest' })
export const schedulePreviewSchema = z
  .object({ runs: z.array(z.iso.datetime()).describe(`The next ${previewedRuns} at most`) })
  .meta({ id: 'SchedulePreview' })

/** What is asked to be approved once for all runs. */
export const standingApprovalRequestSchema = z
  .strictObject({
    mostTargets: z.int().min(1).max(10_000),
    highestRisk: riskSchema,
    expiresAt: timeSchema,
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'StandingApprovalRequest' })
export type StandingApprovalRequest = z.infer<typeof standingApprovalRequestSchema>

export const newScheduleSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    operation: z.string().min(1).max(200),
    targets: targetsSchema,
    params: z.record(z.string(), z.unknown()).default({}),
    ...timing,
    missedRuns: missedRunsSchema.default('run_once'),
    overlap: overlapSchema.default('skip'),
    priority: prioritySchema.default(0),
    reason: reasonSchema.optional(),
    isEnabled: z.boolean().default(true),
    standingApproval: standingApprovalRequestSchema.optional().describe('Asked for together with it'),
  })
  .refine(isEitherCronOrAt, eitherOne)
  .meta({ id: 'NewSchedule' })
export type NewSchedule = z.infer<typeof newScheduleSchema>

/** What is left out stays. */
export const scheduleChangesSchema = z
  .strictObject({
    name: z.string().trim().min(1).max(100).optional(),
    operation: z.string().min(1).max(200).optional(),
    targets: targetsSchema.optional(),
    params: z.record(z.string(), z.unknown()).optional(),
    cron: cronSchema.nullable().optional(),
    at: timeSchema.nullable().optional(),
    timeZone: timeZoneSchema.optional(),
    startsAt: timeSchema.nullable().optional(),
    endsAt: timeSchema.nullable().optional(),
    skipDates: skipDatesSchema.optional(),
    missedRuns: missedRunsSchema.optional(),
    overlap: overlapSchema.optional(),
    priority: prioritySchema.optional(),
    reason: reasonSchema.nullable().optional(),
  })
  .meta({ id: 'ScheduleChanges' })
export type ScheduleChanges = z.infer<typeof scheduleChangesSchema>

export const standingApprovalSchema = z
  .object({
    id: z.string(),
    status: z
      .enum(['requested', 'approved', 'rejected', 'void'])
      .describe('`void`: the schedule was changed since, or another one was asked for'),
    operation: z.string(),
    targets: targetsSchema,
    params: z.record(z.string(), z.unknown()),
    mostTargets: z.int(),
    highestRisk: riskSchema,
    expiresAt: z.iso.datetime(),
    reason: z.string().nullable(),
    needed: z.int().describe('People who have to approve it'),
    confirmation: z
      .string()
      .describe('What its own requester has to type to approve it, where that is possible at all'),
    requestedBy: personSchema,
    requestedAt: z.iso.datetime(),
    decisions: z.array(
      z.object({
        by: personSchema,
        decision: z.enum(['approved', 'rejected']),
        reason: z.string().nullable(),
        selfApproved: z.boolean(),
        at: z.iso.datetime(),
      }),
    ),
  })
  .meta({ id: 'StandingApproval' })
export type ScheduleApproval = z.infer<typeof standingApprovalSchema>

export const scheduleRunSchema = z
  .object({
    id: z.string(),
    schedule: z.string(),
    dueAt: z.iso.datetime(),
    trigger: z.enum(['time', 'manual']),
    status: z.enum(['pending', 'filed', 'skipped', 'failed']),
    why: z.string().nullable().describe('Why it was skipped or failed, or why its task needs (no) approval'),
    missed: z.int().describe('Earlier times that passed without a run and are not made up for'),
    task: z.string().nullable(),
    createdAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ScheduleRun' })
export type ScheduleRun = z.infer<typeof scheduleRunSchema>
export const scheduleRunListSchema = listOf(scheduleRunSchema)

export const scheduleRowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: personSchema.describe('Whoever wrote it last: it runs with their rights'),
    operation: z.string(),
    targets: targetsSchema,
    params: z.record(z.string(), z.unknown()),
    cron: z.string().nullable(),
    at: z.iso.datetime().nullable(),
    timeZone: z.string(),
    startsAt: z.iso.datetime().nullable(),
    endsAt: z.iso.datetime().nullable(),
    skipDates: z.array(z.iso.date()),
    missedRuns: missedRunsSchema,
    overlap: overlapSchema,
    priority: z.int(),
    reason: z.string().nullable(),
    status: z
      .enum(['active', 'paused', 'stopped', 'finished'])
      .describe('`stopped`: by the product, `stoppedReason` says why. `finished`: no time is left'),
    stoppedReason: z.string().nullable(),
    onOffPlan: z.string().nullable().describe('The on/off plan that it is half of, and is changed by'),
    nextRunAt: z.iso.datetime().nullable(),
    lastRun: scheduleRunSchema.nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'ScheduleRow' })
export type ScheduleRow = z.infer<typeof scheduleRowSchema>
export const scheduleListSchema = listOf(scheduleRowSchema)

export const scheduleSchema = scheduleRowSchema
  .extend({
    nextRuns: z.array(z.iso.datetime()).describe(`The next ${previewedRuns} at most`),
    standingApproval: standingApprovalSchema.nullable().describe('The newest that was asked for'),
  })
  .meta({ id: 'Schedule' })
export type Schedule = z.infer<typeof scheduleSchema>

export const scheduleQuerySchema = pageQuerySchema.extend({
  status: scheduleRowSchema.shape.status.optional(),
  operation: z.string().max(200).optional(),
  q: z.string().max(200).optional().describe('Text in the name or the operation'),
  approval: z.enum(['requested']).optional().describe('Those whose standing approval waits for a decision'),
})
export type ScheduleFilter = Omit<z.infer<typeof scheduleQuerySchema>, 'limit' | 'cursor'>

export const scheduleDecisionSchema = z
  .strictObject({
    approvalId: z.string().max(64).describe('Of the standing approval that was looked at'),
    confirmation: z.string().max(500).optional(),
    reason: reasonSchema.optional(),
  })
  .meta({ id: 'ScheduleDecision' })
export type ScheduleDecision = z.infer<typeof scheduleDecisionSchema>
