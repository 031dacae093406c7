import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'
import { itemSchema } from './task.ts'

const personSchema = z.object({ id: z.string(), email: z.string() })

/** Why an item is a dead letter; docs/dead-letters.md says what each means and what to do. */
export const deadLetterCauses = [
  'outcome_unknown',
  'compensation_failed',
  'attempts_exhausted',
  'worker_lost',
  'result_unrecordable',
  'operation_unknown',
  'account_not_found',
] as const
export const deadLetterCauseSchema = z.enum(deadLetterCauses)
export type DeadLetterCause = z.infer<typeof deadLetterCauseSchema>

export const deadLetterStatusSchema = z.enum(['open', 'requeued', 'dismissed'])

export const deadLetterSchema = z
  .object({
    id: z.string().describe('Of the item'),
    task: z.string(),
    operation: z.string(),
    target: z.object({ id: z.string(), name: z.string().nullable(), account: z.string(), region: z.string() }),
    cause: deadLetterCauseSchema,
    error: z.object({ code: z.string(), message: z.string() }),
    step: z.string().nullable().describe('The last step that was recorded'),
    attempts: z.int().describe('Of that step'),
    workersLost: z.int().describe('Workers that died while they held it'),
    requestedBy: personSchema,
    foundAt: z.iso.datetime(),
    status: deadLetterStatusSchema,
    decidedAt: z.iso.datetime().nullable(),
    decidedBy: personSchema.nullable(),
    reason: z.string().nullable().describe('Of the decision'),
    requeuedAs: z.string().nullable().describe('The task that was filed for its target'),
    links: z.record(z.string(), z.string()),
  })
  .meta({ id: 'DeadLetter' })
export type DeadLetter = z.infer<typeof deadLetterSchema>
export const deadLetterListSchema = listOf(deadLetterSchema)

export const deadLetterDetailsSchema = deadLetterSchema
  .extend({ item: itemSchema.nullable().describe('With its steps; null when its task is not kept any more') })
  .meta({ id: 'DeadLetterDetails' })
export type DeadLetterDetails = z.infer<typeof deadLetterDetailsSchema>

export const deadLetterQuerySchema = pageQuerySchema.extend({
  status: z.enum([...deadLetterStatusSchema.options, 'all']).default('open'),
  cause: deadLetterCauseSchema.optional(),
  operation: z.string().max(200).optional(),
  account: z.string().max(64).optional(),
  q: z.string().max(500).optional().describe("Text in the target, the task's id or the error"),
})
export type DeadLetterFilter = Omit<z.infer<typeof deadLetterQuerySchema>, 'limit' | 'cursor'>

export const requeueRequestSchema = z
  .strictObject({
    reason: z.string().trim().min(1).max(2000),
    repeatEffect: z
      .boolean()
      .default(false)
      .describe('For `outcome_unknown`: that you looked, and want the effect even if it took place already'),
  })
  .meta({ id: 'RequeueRequest' })
export type RequeueRequest = z.infer<typeof requeueRequestSchema>

export const dismissRequestSchema = z
  .strictObject({ reason: z.string().trim().min(1).max(2000) })
  .meta({ id: 'DismissRequest' })
