import { z } from 'zod'
import { changeSchema, changesQuerySchema, periodSchema, versionKinds } from './history.ts'
import { listOf, totalSchema } from './list.ts'
import { resourceSchema } from './resource.ts'

/** What became of a resource between two times, all in all. */
const netChangeSchema = z.object({
  resource: resourceSchema.pick({ id: true, type: true, account: true, region: true, name: true }),
  changes: z
    .array(changeSchema)
    .describe('From how it was at `from` to how it was at `to`; empty where it was there at one of the two only'),
  versions: z.int().describe('How many changes, one after the other, that sums up'),
  knownSince: z.iso
    .datetime()
    .nullable()
    .describe(
      'It was found after `from`, in a first reading, and is compared with how it was then; null: known at `from`',
    ),
})

export const netChangesSchema = listOf(
  netChangeSchema
    .extend({
      kind: z
        .enum(versionKinds)
        .describe('`created` and `back`: it was not there at `from`; `gone`: not there at `to`'),
      firstAt: z.iso.datetime().describe('The first change between the two times'),
      lastAt: z.iso.datetime().describe('The last one'),
    })
    .meta({ id: 'ResourceNetChange' }),
)
  .extend({
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    keptSince: z.iso.datetime(),
    byKind: z.object({ created: totalSchema, changed: totalSchema, gone: totalSchema, back: totalSchema }),
  })
  .meta({ id: 'ResourceNetChanges' })
export type NetChanges = z.infer<typeof netChangesSchema>
export type NetChange = NetChanges['items'][number]

export const netChangesQuerySchema = changesQuerySchema
export type NetChangesQuery = z.infer<typeof netChangesQuerySchema>

export const resourceNetQuerySchema = periodSchema
export type ResourceNetQuery = z.infer<typeof resourceNetQuerySchema>

export const resourceNetSchema = netChangeSchema
  .extend({
    kind: z
      .enum([...versionKinds, 'unchanged', 'absent'])
      .describe('`unchanged`: the same at both times; `absent`: at neither time there'),
    from: z.iso.datetime(),
    to: z.iso.datetime(),
    keptSince: z.iso.datetime(),
    leftOut: z.array(z.string()).describe('Fields that the history does not keep'),
  })
  .meta({ id: 'ResourceNetHistory' })
export type ResourceNet = z.infer<typeof resourceNetSchema>
