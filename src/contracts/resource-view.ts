import { z } from 'zod'
import { resourceSortSchema } from './inventory.ts'
import { listOf } from './list.ts'
import { querySchema } from './query.ts'

const contentSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .refine((text) => !/\p{Cc}|\p{Surrogate}/u.test(text), 'A name has no control characters.'),
  query: querySchema.refine((text) => !/\0|\p{Surrogate}/u.test(text), 'No text of AWS has such a character.'),
  columns: z
    .array(
      z
        .string()
        .min(1)
        .max(200)
        .regex(/^[^\p{Cc}\p{Surrogate}]*$/u),
    )
    .max(60)
    .nullable()
    .describe('Names of columns in their order; null: the usual ones'),
  sort: resourceSortSchema.nullable().describe('null: by name'),
  isShared: z.boolean().describe('Whether everybody sees it who may read resources'),
})

export const newViewSchema = contentSchema
  .extend({
    columns: contentSchema.shape.columns.default(null),
    sort: contentSchema.shape.sort.default(null),
    isShared: contentSchema.shape.isShared.default(false),
  })
  .meta({ id: 'NewResourceView' })
export type NewView = z.infer<typeof newViewSchema>

export const viewChangesSchema = contentSchema.partial().meta({ id: 'ResourceViewChanges' })
export type ViewChanges = z.infer<typeof viewChangesSchema>

export const resourceViewSchema = z
  .object({
    id: z.uuid(),
    ...contentSchema.shape,
    owner: z.object({ id: z.string(), email: z.string() }),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'ResourceView', description: 'A search of the inventory that somebody keeps under a name.' })
export type ResourceView = z.infer<typeof resourceViewSchema>

export const viewListSchema = listOf(resourceViewSchema)
