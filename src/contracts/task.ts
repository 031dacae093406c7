import { z } from 'zod'
import { freezeNoticeSchema } from './freeze.ts'
import { planRolloutShape, taskRolloutShape } from './bulk.ts'
import { expectedEndShape } from './expected-end.ts'
import { listOf } from './list.ts'
import { targetsSchema } from './resource.ts'

export const riskSchema = z.enum(['R0', 'R1', 'R2', 'R3', 'R4'])
export type Risk = z.infer<typeof riskSchema>
export const undoLabelSchema = z.enum(['exact', 'best-effort', 'restore-as-new', 'none'])
export type UndoLabel = z.infer<typeof undoLabelSchema>

export const liveTaskStatuses = [
  'awaiting_approval',
  'scheduled',
  'queued',
  'running',
  'waiting',
  'paused',
  'cancelling',
  'compensating',
] as const
export const finalTaskStatuses = ['succeeded', 'partly_failed', 'failed', 'cancelled', 'rejected', 'expired'] as const
export const taskStatusSchema = z.enum([...liveTaskStatuses, ...finalTaskStatuses])
export type TaskStatus = z.infer<typeof taskStatusSchema>

const ends = ['succeeded', 'partly_failed', 'failed', 'cancelled'] as const
/** Every transition that a task may make; the state machine's property test walks it, nothing else is allowed. */
export const taskTransitions: Record<TaskStatus, readonly TaskStatus[]> = {
  awaiting_approval: ['scheduled', 'queued', 'rejected', 'cancelled', 'expired'],
  // A quick task's first news may be that it waits, or is over.
  scheduled: ['queued', 'running', 'waiting', 'paused', 'cancelling', 'expired', ...ends],
  // A freeze that was made later holds what has not begun: it is scheduled for the end of the freeze.
  queued: ['scheduled', 'running', 'waiting', 'paused', 'cancelling', 'expired', ...ends],
  running: ['waiting', 'paused', 'cancelling', 'compensating', ...ends],
  waiting: ['running', 'paused', 'cancelling', 'compensating', ...ends],
  paused: ['queued', 'running', 'waiting', 'scheduled', 'cancelling', 'expired', ...ends],
  cancelling: ['compensating', ...ends],
  compensating: ['cancelling', ...ends],
  succeeded: [],
  partly_failed: [],
  failed: [],
  cancelled: [],
  rejected: [],
  expired: [],
}
export const isFinal = (status: TaskStatus): boolean => taskTransitions[status].length === 0

export const liveItemStatuses = ['pending', 'running', 'waiting'] as const
export const finalItemStatuses = ['succeeded', 'failed', 'skipped', 'drifted', 'compensated', 'cancelled'] as const
export const itemStatusSchema = z.enum([...liveItemStatuses, ...finalItemStatuses])
export type ItemStatus = z.infer<typeof itemStatusSchema>
/** Every transition that an item may make (pending -> final without running: cancelled, or its task was ended). */
export const itemTransitions: Record<ItemStatus, readonly ItemStatus[]> = {
  pending: ['running', 'skipped', 'cancelled', 'failed'],
  running: ['pending', 'waiting', ...finalItemStatuses],
  waiting: ['running', 'cancelled', 'failed'],
  succeeded: [],
  failed: [],
  skipped: [],
  drifted: [],
  compensated: [],
  cancelled: [],
}

/** The fields of a target that an operation changes or guards, as read live. Small, JSON, no secrets. */
export const imageSchema = z.record(z.string(), z.unknown())
export type Image = z.infer<typeof imageSchema>

export const planTargetSchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  account: z.string(),
  region: z.string(),
  before: imageSchema,
  after: imageSchema,
  warnings: z.array(z.string()).optional(),
})
export type PlanTarget = z.infer<typeof planTargetSchema>

export const excludedSchema = z.object({ id: z.string(), why: z.string() })
export type Excluded = z.infer<typeof excludedSchema>
export const planSchema = z
  .object({
    planHash: z.string(),
    operation: z.string(),
    operationVersion: z.int(),
    params: z.record(z.string(), z.unknown()),
    risk: riskSchema,
    undo: undoLabelSchema,
    targets: z.array(planTargetSchema),
    excluded: z.array(excludedSchema),
    steps: z.array(z.object({ name: z.string(), description: z.string() })),
    monthlyCostDeltaUsd: z.number(),
    expectedSeconds: z.object({ calls: z.number(), waits: z.number(), total: z.number() }),
    approvals: z.object({
      needed: z.int(),
      reason: z.string(),
      confirmation: z
        .string()
        .nullable()
        .describe('What has to be typed to approve, when a typed confirmation is asked for'),
    }),
    delaySeconds: z
      .number()
      .optional()
      .describe('Class R4: so long, in wall time, nothing begins after the last approval, and it can be cancelled'),
    freeze: freezeNoticeSchema.optional().describe('Holds it now: it is filed for later, or by breaking the glass'),
    pricesFrom: z.string().optional().describe('The month of the price table behind the change of cost'),
    ...planRolloutShape,
    undoOf: z.string().optional(),
    retryOf: z.string().optional(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    links: z.object({ self: z.string() }),
  })
  .meta({ id: 'Plan' })
export type Plan = z.infer<typeof planSchema>

export const stepRecordSchema = z.object({
  name: z.string(),
  status: z.enum(['pending', 'running', 'waiting', 'succeeded', 'failed', 'skipped', 'compensated']),
  attempt: z.int(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type StepRecord = z.infer<typeof stepRecordSchema>

export const itemSchema = z
  .object({
    id: z.string(),
    target: z.object({ id: z.string(), name: z.string().nullable(), account: z.string(), region: z.string() }),
    status: itemStatusSchema,
    steps: z.array(stepRecordSchema),
    before: imageSchema,
    after: imageSchema.nullable(),
    undo: z.object({ label: undoLabelSchema, possible: z.boolean(), why: z.string().nullable() }),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
  })
  .meta({ id: 'TaskItem' })
export type Item = z.infer<typeof itemSchema>
export const itemListSchema = listOf(itemSchema)

export const progressSchema = z.object({
  total: z.int(),
  pending: z.int(),
  running: z.int(),
  waiting: z.int(),
  succeeded: z.int(),
  failed: z.int(),
  skipped: z.int(),
  drifted: z.int(),
  compensated: z.int(),
  cancelled: z.int(),
})
export type Progress = z.infer<typeof progressSchema>

export const approvalSchema = z.object({
  by: z.object({ id: z.string(), email: z.string() }),
  decision: z.enum(['approved', 'rejected']),
  planHash: z.string(),
  reason: z.string().nullable(),
  selfApproved: z.boolean(),
  at: z.iso.datetime(),
})

export const breakGlassSchema = z
  .object({
    by: z.object({ id: z.string(), email: z.string() }),
    reason: z.string(),
    beginBy: z.iso.datetime().describe('What has not begun by then expires'),
    at: z.iso.datetime(),
  })
  .meta({ id: 'BreakGlass', description: 'The task was filed without the approvals and in spite of the freezes.' })
export type BreakGlass = z.infer<typeof breakGlassSchema>

export const taskSchema = z
  .object({
    id: z.string(),
    operation: z.string(),
    status: taskStatusSchema,
    targets: targetsSchema,
    params: z.record(z.string(), z.unknown()),
    plan: planSchema.omit({ params: true, links: true, steps: true, operation: true, operationVersion: true }),
    progress: progressSchema,
    ...taskRolloutShape,
    steps: z.array(z.object({ name: z.string(), description: z.string() })),
    approvals: z.array(approvalSchema),
    undo: z.object({
      label: undoLabelSchema,
      possible: z.boolean(),
      why: z.string().nullable(),
      task: z.string().nullable(),
    }),
    requestedBy: z.object({ id: z.string(), email: z.string() }),
    reason: z.string().nullable(),
    priority: z.int(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    finishedAt: z.iso.datetime().nullable(),
    notBefore: z.iso.datetime().nullable().describe('What has not begun waits until then'),
    notBeforeReason: z.string().nullable().describe('Why: its set time, the delay after the approval, a freeze'),
    ...expectedEndShape,
    breakGlass: breakGlassSchema.optional(),
    error: z.object({ code: z.string(), message: z.string() }).optional(),
    stuck: z
      .object({ since: z.iso.datetime(), why: z.string() })
      .optional()
      .describe('It makes no progress for longer than it should'),
    undoOf: z.string().optional(),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Task' })
export type Task = z.infer<typeof taskSchema>

/** A row of the task list: without the long fields (targets, the plan's targets, steps, approvals). */
export const taskRowSchema = taskSchema
  .omit({
    targets: true,
    plan: true,
    steps: true,
    approvals: true,
    undo: true,
    stuck: true,
    waves: true,
    soakUntil: true,
    budget: true,
    watch: true,
    runAfter: true,
    followedBy: true,
    retryOf: true,
    retries: true,
  })
  .extend({
    plan: z.object({
      planHash: z.string(),
      risk: riskSchema,
      undo: undoLabelSchema,
      approvals: planSchema.shape.approvals,
    }),
    accounts: z.array(z.string()),
  })
  .meta({ id: 'TaskRow' })
export type TaskRow = z.infer<typeof taskRowSchema>
export const taskListSchema = listOf(taskRowSchema)
