import { z } from 'zod'
import { listOf } from './list.ts'
import { targetsSchema } from './resource.ts'
import { riskSchema } from './task.ts'
import { previewedRuns, scheduleRowSchema, scheduleRunSchema, standingApprovalSchema } from './schedule.ts'

/** What a half does, for now the same for all. */
export const operationOff = 'ec2.stop'
export const operationOn = 'ec2.start'

/** The upcoming days that a preview shows. */
export const previewedDays = 7

export const weekDays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const
const daySchema = z.enum(weekDays)
export type WeekDay = z.infer<typeof daySchema>

const nameSchema = z.string().trim().min(1).max(80)
const reasonSchema = z.string().max(2000)
const timeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day as hh:mm')
  .describe('hh:mm, in the time zone')
const daysSchema = z.array(daySchema).min(1).max(7).describe('Days on which it is stopped at offAt and started at onAt')
const exceptDatesSchema = z
  .array(z.iso.date())
  .max(400)
  .describe('Days, in the time zone, on which neither happens: holidays')
const timeZoneSchema = z.string().min(1).max(64).describe('IANA name, for example "Europe/Berlin"')

/** Quoted text is no field. */
const namesState = (query: string): boolean => /(^|[\s(-])state:/i.test(query.replaceAll(/"[^"]*"/g, '""'))
const bothTargetsSchema = targetsSchema
  .refine((targets): boolean => 'query' in targets || 'ids' in targets, { message: 'Give a query or ids.' })
  .refine((targets) => !('query' in targets) || !namesState(targets.query), {
    path: ['query'],
    message: 'Leave "state:" out: what is stopped in the evening has another state in the morning.',
  })
  .describe('A query, asked anew each time and without `state:`, or ids: both halves work on them')

const timing = {
  days: daysSchema,
  offAt: timeOfDaySchema,
  onAt: timeOfDaySchema,
  timeZone: timeZoneSchema.default('UTC'),
  exceptDates: exceptDatesSchema.default([]),
}
const differ = ({ offAt, onAt }: { offAt: string; onAt: string }): boolean => offAt !== onAt
const twoTimes = { path: ['onAt'], message: 'Must be another time than offAt.' }

export const newOnOffPlanSchema = z
  .strictObject({
    name: nameSchema,
    operationOff: z.literal(operationOff).default(operationOff),
    operationOn: z.literal(operationOn).default(operationOn),
    targets: bothTargetsSchema,
    ...timing,
    reason: reasonSchema.optional(),
  })
  .refine(differ, twoTimes)
  .meta({ id: 'NewOnOffPlan' })
export type NewOnOffPlan = z.infer<typeof newOnOffPlanSchema>

/** What is left out stays. */
export const onOffPlanChangesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    targets: bothTargetsSchema.optional(),
    days: daysSchema.optional(),
    offAt: timeOfDaySchema.optional(),
    onAt: timeOfDaySchema.optional(),
    timeZone: timeZoneSchema.optional(),
    exceptDates: exceptDatesSchema.optional(),
    reason: reasonSchema.nullable().optional(),
  })
  .meta({ id: 'OnOffPlanChanges' })
export type OnOffPlanChanges = z.infer<typeof onOffPlanChangesSchema>

export const savingsSchema = z
  .object({
    hoursOff: z.number().describe('Hours a month that each target is off, without the days that are left out'),
    targets: z.int().nullable().describe('What would have been stopped when it was estimated; null: not known'),
    targetHours: z.number().nullable().describe('Hours a month, over all targets'),
    usd: z
      .number()
      .nullable()
      .describe('USD a month by approximate list prices; a type without a known price counts as nothing'),
    why: z.string().nullable().describe('Why targets and USD are not known'),
    pricesFrom: z.string(),
    at: z.iso.datetime(),
  })
  .meta({ id: 'OnOffSavings' })
export type Savings = z.infer<typeof savingsSchema>

export const onOffPreviewRequestSchema = z
  .strictObject({ ...timing, targets: bothTargetsSchema.optional().describe('Estimate what it saves as well') })
  .refine(differ, twoTimes)
  .meta({ id: 'OnOffPreviewRequest' })
export type OnOffPreviewRequest = z.infer<typeof onOffPreviewRequestSchema>

export const onOffPreviewSchema = z
  .object({
    changes: z
      .array(z.object({ at: z.iso.datetime(), to: z.enum(['off', 'on']) }))
      .describe(`Those of the next ${previewedDays} days`),
    hoursOff: z.number().describe('Hours a month'),
    savings: savingsSchema.nullable().describe('Null where no targets were given'),
  })
  .meta({ id: 'OnOffPreview' })
export type OnOffPreview = z.infer<typeof onOffPreviewSchema>

const halfSchema = z
  .object({
    schedule: z.string(),
    operation: z.string(),
    cron: z.string(),
    status: scheduleRowSchema.shape.status,
    stoppedReason: z.string().nullable(),
    nextRuns: z.array(z.iso.datetime()).describe(`The next ${previewedRuns} at most; none while it is paused`),
    lastRun: scheduleRunSchema.nullable(),
    standingApproval: z
      .object({
        id: z.string(),
        status: standingApprovalSchema.shape.status,
        mostTargets: z.int(),
        highestRisk: riskSchema,
        expiresAt: z.iso.datetime(),
      })
      .nullable()
      .describe('The newest that was asked for; asked for and decided at the schedule'),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'OnOffHalf' })
export type Half = z.infer<typeof halfSchema>

export const onOffPlanSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    owner: z.object({ id: z.string(), email: z.string() }).describe('Whoever wrote it last: it runs with their rights'),
    operationOff: z.string(),
    operationOn: z.string(),
    targets: targetsSchema,
    days: z.array(daySchema),
    offAt: z.string(),
    onAt: z.string(),
    timeZone: z.string(),
    exceptDates: z.array(z.iso.date()),
    reason: z.string().nullable(),
    status: scheduleRowSchema.shape.status.describe(
      '`active`, or what keeps one of its halves from running: `stopped` before `paused` before `finished`',
    ),
    off: halfSchema,
    on: halfSchema,
    savings: savingsSchema,
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'OnOffPlan' })
export type OnOffPlan = z.infer<typeof onOffPlanSchema>
export const onOffPlanListSchema = listOf(onOffPlanSchema)
