import { z } from 'zod'
import { pageQuerySchema } from './list.ts'
import { listOf } from './list.ts'
import { querySchema } from './query.ts'
import { freshnessSchema, resourceSchema } from './resource.ts'

const time = z.iso.datetime({ offset: true })

export const changeSchema = z
  .object({
    path: z.string().describe('JSON Pointer (RFC 6901) into the resource: /state, /tags/env, /config/...'),
    index: z
      .int()
      .optional()
      .describe(
        'Given: `before` and `after` are the elements that left and joined the list at `path`, from this index on',
      ),
    before: z.unknown().optional().describe('Missing: it was not there'),
    after: z.unknown().optional().describe('Missing: it is not there any more'),
    isShortened: z.literal(true).optional().describe('A long value was cut; the state at the time has it in full'),
  })
  .meta({ id: 'ResourceChange' })
export type ResourceChange = z.infer<typeof changeSchema>

export const authorSchema = z
  .union([
    z.object({
      kind: z.literal('task'),
      task: z.string(),
      operation: z.string().nullable().describe('Null: the task is not kept any more'),
      requestedBy: z.string().nullable(),
    }),
    z.object({
      kind: z.literal('cloudtrail'),
      eventId: z.string(),
      event: z.string().describe('The call, for example "StopInstances"'),
      actor: z.string().describe('Who called, in the words of CloudTrail'),
      at: z.iso.datetime(),
    }),
  ])
  .meta({
    id: 'ResourceChangeAuthor',
    description: 'A task of ours that worked on the resource then, or a call that CloudTrail knows from then',
  })
export type Author = z.infer<typeof authorSchema>

export const versionKinds = ['created', 'changed', 'gone', 'back'] as const

export const versionSchema = z
  .object({
    version: z.int(),
    at: z.iso.datetime().describe('When it was first seen like this'),
    kind: z.enum(versionKinds),
    changes: z.array(changeSchema),
    by: z.array(authorSchema).describe('Empty: not known'),
  })
  .meta({ id: 'ResourceVersion' })
export type Version = z.infer<typeof versionSchema>

export const periodSchema = z.object({
  from: time.optional().describe('From this time on'),
  to: time.optional().describe('Before this time'),
})

export const historyQuerySchema = periodSchema.extend(pageQuerySchema.shape)
export type HistoryQuery = z.infer<typeof historyQuerySchema>

export const historySchema = listOf(versionSchema)
  .extend({
    firstSeenAt: z.iso.datetime().nullable().describe('Null: known from its history alone'),
    isGone: z.boolean(),
    keptSince: z.iso.datetime().describe('Older versions are removed'),
    trail: z
      .object({
        status: z.enum(['known', 'looking', 'unavailable']),
        why: z.string().nullable(),
      })
      .describe('Whether CloudTrail was asked who it was; `looking`: it is being asked, read again in a moment'),
    freshness: freshnessSchema,
  })
  .meta({ id: 'ResourceHistory' })
export type History = z.infer<typeof historySchema>

export const changesQuerySchema = periodSchema.extend({
  ...pageQuerySchema.shape,
  q: querySchema.optional().describe('Of resources as they are now'),
  type: z.string().max(100).optional(),
  account: z.string().max(64).optional(),
  region: z.string().max(64).optional(),
  kind: z.enum(versionKinds).optional(),
})
export type ChangesQuery = z.infer<typeof changesQuerySchema>

export const changesSchema = listOf(
  versionSchema.omit({ by: true }).extend({
    resource: resourceSchema.pick({ id: true, type: true, account: true, region: true, name: true }),
    tasks: z
      .array(z.object({ id: z.string(), operation: z.string().nullable() }))
      .describe('Tasks of ours that worked on it then'),
  }),
)
  .extend({ from: z.iso.datetime(), to: z.iso.datetime(), keptSince: z.iso.datetime() })
  .meta({ id: 'ResourceChanges' })
export type Changes = z.infer<typeof changesSchema>

/** What `?at=` adds to a resource. */
export const asOfSchema = z
  .object({
    at: z.iso.datetime(),
    version: z.int().describe('0: before the first change that is known'),
    validFrom: z.iso.datetime().nullable().describe('Null: since before what is known'),
    validUntil: z.iso.datetime().nullable().describe('Null: it is like this now'),
    leftOut: z.array(z.string()).describe('Fields that the history does not keep'),
  })
  .meta({ id: 'ResourceAsOf' })
export type AsOf = z.infer<typeof asOfSchema>
