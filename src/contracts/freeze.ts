import { z } from 'zod'
import { listOf } from './list.ts'

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
const weekdaySchema = z.enum(weekdays)
export type Weekday = z.infer<typeof weekdaySchema>

const weekMomentSchema = z.strictObject({
  day: weekdaySchema,
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'Give a time of day as 18:00.')
    .describe('Local time, 00:00 to 23:59'),
})
export type WeekMoment = z.infer<typeof weekMomentSchema>

const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

export const weeklySchema = z
  .strictObject({
    timeZone: z
      .string()
      .min(1)
      .max(64)
      .refine(isTimeZone, 'There is no such time zone. Give a name like Europe/Berlin or UTC.'),
    windows: z
      .array(z.strictObject({ from: weekMomentSchema, to: weekMomentSchema }))
      .min(1)
      .max(20)
      .refine(
        (windows) => windows.every(({ from, to }) => from.day !== to.day || from.time !== to.time),
        'A window has to end at another moment than it begins.',
      )
      .describe('From the one moment of the week to the next time of the other'),
  })
  .meta({ id: 'WeeklyWindows' })
export type Weekly = z.infer<typeof weeklySchema>

const some = (item: z.ZodString) => z.array(item).max(200)
export const freezeScopeSchema = z
  .strictObject({
    accounts: some(z.string().regex(/^\d{12}$/, 'An account id has 12 digits.'))
      .default([])
      .describe('Empty: all'),
    regions: some(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'Give a Region like eu-west-1.'))
      .default([])
      .describe('Empty: all'),
    operations: some(
      z
        .string()
        .max(200)
        .regex(/^[a-z][\w-]*(\.[\w-]+)*(\.\*)?$/i, 'Give an operation, or a part of its name and ".*".'),
    )
      .default([])
      .describe('"ec2.stop", or "ec2.*" for all of a service; empty: all'),
    minimumRisk: z
      .enum(['R1', 'R2', 'R3', 'R4'])
      .default('R2')
      .describe('The least class that is frozen. What only reads (R0) never is'),
  })
  .meta({ id: 'FreezeScope' })
export type FreezeScope = z.infer<typeof freezeScopeSchema>

const nameSchema = z.string().trim().min(1).max(100)
const reasonSchema = z.string().trim().min(1).max(2000)
const momentSchema = z.iso.datetime({ offset: true })

/** A time in which nothing new begins: once, or every week. */
export const newFreezeSchema = z
  .strictObject({
    name: nameSchema,
    reason: reasonSchema,
    from: momentSchema.optional().describe('With `to`: once'),
    to: momentSchema.optional(),
    weekly: weeklySchema.optional().describe('Instead of `from` and `to`: every week'),
    scope: freezeScopeSchema.prefault({}),
  })
  .superRefine(({ from, to, weekly }, context) => {
    const problem = (path: string, message: string): void => context.addIssue({ code: 'custom', path: [path], message })
    if (weekly !== undefined) {
      if (from !== undefined || to !== undefined) problem('weekly', 'Give either from and to, or weekly.')
    } else if (from === undefined || to === undefined) {
      problem(from === undefined ? 'from' : 'to', 'Give from and to, or weekly.')
    } else if (Date.parse(to) <= Date.parse(from)) {
      problem('to', 'It has to end after it begins.')
    }
  })
  .meta({ id: 'NewFreeze' })
export type NewFreeze = z.infer<typeof newFreezeSchema>

/** What is left out stays as it is. `weekly` takes the place of `from` and `to`, and the other way round. */
export const freezeChangesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    reason: reasonSchema.optional(),
    from: momentSchema.optional(),
    to: momentSchema.optional(),
    weekly: weeklySchema.optional(),
    scope: freezeScopeSchema.optional(),
  })
  .meta({ id: 'FreezeChanges' })
export type FreezeChanges = z.infer<typeof freezeChangesSchema>

const windowSchema = z.object({ from: z.iso.datetime(), to: z.iso.datetime() })

export const freezeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    reason: z.string(),
    from: z.iso.datetime().nullable(),
    to: z.iso.datetime().nullable(),
    weekly: weeklySchema.nullable(),
    scope: freezeScopeSchema,
    status: z.enum(['active', 'upcoming', 'ended']),
    window: windowSchema.nullable().describe('The one that holds now, or else the next one; null when there is none'),
    createdBy: z.object({ id: z.string(), email: z.string() }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Freeze' })
export type Freeze = z.infer<typeof freezeSchema>
export const freezeListSchema = listOf(freezeSchema)

/** What a plan says of a freeze that keeps it from being filed now. */
export const freezeNoticeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    reason: z.string(),
    until: z.iso.datetime().describe('From then on it may begin, other freezes that follow included'),
    targets: z.int().describe('How many of the targets are frozen'),
  })
  .meta({ id: 'FreezeNotice' })
export type FreezeNotice = z.infer<typeof freezeNoticeSchema>
