import { z } from 'zod'
import { rolloutRequestShape, runAfterSchema } from './bulk.ts'
import { targetsSchema } from './resource.ts'
import { taskSchema, taskStatusSchema } from './task.ts'

const rolloutFields = ['waves', 'soakSeconds', 'errorBudget', 'onBudget', 'watchAlarms'] as const
const paramsSchema = z.record(z.string(), z.unknown())
const reasonSchema = z.string().max(2000)

/** Tasks with a higher priority are claimed first. */
export const prioritySchema = z.int().min(-100).max(100)

export const planRequestSchema = z
  .strictObject({
    operation: z.string().min(1).max(200),
    targets: targetsSchema,
    params: paramsSchema.default({}),
    ...rolloutRequestShape,
  })
  .meta({ id: 'PlanRequest' })

/** For emergencies: no approvals, no delay, no freezes; needs a right of its own, and everybody is told. */
export const breakGlassRequestSchema = z
  .strictObject({
    reason: z.string().trim().min(1).max(2000),
    minutes: z.int().min(1).max(240).default(60).describe('So long it may begin; after that it expires'),
  })
  .meta({ id: 'BreakGlassRequest' })
export type BreakGlassRequest = z.infer<typeof breakGlassRequestSchema>

/** A task by the hash of a kept plan, or planned on the spot; with both, the fresh plan must have that hash. */
export const taskRequestSchema = z
  .strictObject({
    planHash: z.string().min(1).max(200).optional(),
    operation: z.string().min(1).max(200).optional(),
    targets: targetsSchema.optional(),
    params: paramsSchema.optional(),
    reason: reasonSchema.optional(),
    priority: prioritySchema.default(0).describe('Higher is sooner'),
    scheduledFor: z.iso.datetime({ offset: true }).optional(),
    dryRun: z.boolean().default(false).describe('Answers with the plan and files nothing'),
    ...rolloutRequestShape,
    runAfter: runAfterSchema.nullish(),
    breakGlass: breakGlassRequestSchema.nullish(),
  })
  .superRefine((body, context) => {
    const isPlanned = body.operation !== undefined
    if (!isPlanned && body.planHash === undefined) {
      context.addIssue({ code: 'custom', path: ['planHash'], message: 'Give a planHash, or operation and targets.' })
    }
    if (isPlanned && body.targets === undefined) {
      context.addIssue({ code: 'custom', path: ['targets'], message: 'An operation needs targets.' })
    }
    for (const field of ['targets', 'params', ...rolloutFields] as const) {
      if (!isPlanned && body[field] !== undefined) {
        context.addIssue({ code: 'custom', path: [field], message: 'Goes with operation, not with planHash alone.' })
      }
    }
  })
  .meta({ id: 'TaskRequest' })
export type TaskRequest = z.infer<typeof taskRequestSchema>

export const filedTaskSchema = taskSchema
  .pick({ id: true, status: true })
  .extend({ planHash: z.string() })
  .meta({ id: 'FiledTask' })
export type FiledTask = z.infer<typeof filedTaskSchema>

export const approveRequestSchema = z.strictObject({
  planHash: z.string().min(1).max(200).describe('Of the plan that was looked at'),
  confirmation: z
    .string()
    .max(500)
    .optional()
    .describe("The plan's `approvals.confirmation`, typed, where it is asked for"),
  reason: reasonSchema.optional(),
})

export const rejectRequestSchema = z.strictObject({
  planHash: z.string().min(1).max(200).optional(),
  reason: reasonSchema.optional(),
})

/** Cancel, pause, resume. */
export const controlRequestSchema = z.strictObject({ reason: reasonSchema.optional() }).nullish()

export const undoRequestSchema = z
  .strictObject({
    items: z
      .array(z.string().max(200))
      .min(1)
      .max(10_000)
      .optional()
      .describe('Ids of items; all that can be undone when left out'),
    reason: reasonSchema.optional(),
  })
  .nullish()

const retryStatusSchema = z.enum(['failed', 'compensated', 'drifted', 'cancelled'])
export type RetryStatus = z.infer<typeof retryStatusSchema>

export const retryRequestSchema = z
  .strictObject({
    items: z.array(z.string().max(2048)).min(1).max(10_000).optional().describe('Ids of items, or their targets'),
    statuses: z
      .array(retryStatusSchema)
      .min(1)
      .max(4)
      .optional()
      .describe('Without `items`: which to try again; failed and compensated ones when left out'),
    repeatEffect: z
      .boolean()
      .optional()
      .describe('Also what may have taken effect without anybody knowing (`outcome_unknown`), and may so happen twice'),
    reason: reasonSchema.optional(),
  })
  .nullish()

/** `status=queued,running` or `status=queued&status=running`. */
export const taskFilterSchema = z.object({
  status: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((given) => (given === undefined ? undefined : [given].flat().flatMap((text) => text.split(','))))
    .pipe(z.array(taskStatusSchema).max(20).optional()),
  operation: z.string().max(200).optional(),
  account: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
  requestedBy: z.string().max(320).optional().describe("A user's id or e-mail address"),
  q: z
    .string()
    .max(500)
    .optional()
    .describe(
      'Text in the reason, operation, id or target. A page looks among 50,000 tasks at most; it may have fewer rows than `limit`, or none, and a `nextCursor` to go on',
    ),
})
export type TaskFilter = z.infer<typeof taskFilterSchema>
