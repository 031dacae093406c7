import { z } from 'zod'
import { resourceFilterSchema } from './inventory.ts'

export const exportFormats = ['csv', 'json', 'jsonl'] as const
export type ExportFormat = (typeof exportFormats)[number]

const mostColumns = 60

export const resourceExportQuerySchema = resourceFilterSchema.extend({
  format: z.enum(exportFormats).default('csv').describe('jsonl: one JSON value a line'),
  columns: z
    .string()
    .min(1)
    .max(4000)
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(z.string().min(1).max(300)).min(1).max(mostColumns))
    .optional()
    .describe(
      `id, type, name, state, account, region, monthlyUsd, costSource, firstSeenAt, lastSeenAt, tags, summary, tag.<key> or fields of summaries, with commas between them. Unless given: of CSV the usual ones, of JSON the whole resource without \`config\``,
    ),
})
