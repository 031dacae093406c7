import { z } from 'zod'

/** Totals are counted exactly up to this many rows; beyond, `relation` is "gte". */
export const countedTo = 10_000

export const totalSchema = z
  .object({ value: z.int().nonnegative(), relation: z.enum(['eq', 'gte']) })
  .meta({ id: 'Total', description: `How many rows match. Counted exactly up to ${countedTo}.` })
export type Total = z.infer<typeof totalSchema>

/** The shape of every list: one page of rows and, when there are more, the cursor of the next page. */
export const listOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ items: z.array(row), nextCursor: z.string().nullable(), total: totalSchema })

export type List<Row> = { items: Row[]; nextCursor: string | null; total: Total }

/** Query parameters that every list takes. */
export const pageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(2048).optional(),
})
export type PageQuery = z.infer<typeof pageQuerySchema>
