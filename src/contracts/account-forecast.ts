import { z } from 'zod'
import { exhaustionSchema } from './forecast.ts'

export const accountForecastKinds = ['cost', 'storage', 'concurrency', 'credits'] as const
export const accountForecastQuerySchema = z.object({ kind: z.enum(accountForecastKinds) })
export type AccountForecastKind = (typeof accountForecastKinds)[number]

export const budgetDraftSchema = z
  .strictObject({ monthlyUsd: z.number().min(0.01).max(1e9).describe('What the account may cost a month') })
  .meta({ id: 'BudgetDraft' })
export const budgetSchema = z
  .object({
    monthlyUsd: z.number(),
    setBy: z.object({ id: z.string(), email: z.string() }),
    setAt: z.iso.datetime(),
  })
  .meta({
    id: 'Budget',
    description: 'What an account may cost a month, so that it can be told when that would be passed.',
  })
export type Budget = z.infer<typeof budgetSchema>

const lineSchema = z.object({
  name: z.string().describe('"All services", a bucket total, a resource'),
  region: z.string().nullable(),
  resource: z
    .object({ id: z.string(), name: z.string().nullable() })
    .nullable()
    .describe('Where it is about a single one'),
  unit: z.string(),
  stepSeconds: z.int(),
  history: z.array(z.object({ at: z.iso.datetime(), value: z.number() })).describe('What was measured; at most 400'),
  points: z
    .array(z.object({ at: z.iso.datetime(), value: z.number(), low: z.number(), high: z.number() }))
    .describe('With the interval in which the value lies 95 times of 100; at most 400'),
  method: z.enum(['rhythm', 'trend']).nullable(),
  limit: z.object({ value: z.number(), falling: z.boolean(), meaning: z.string() }).nullable(),
  exhaustion: exhaustionSchema.nullable(),
  monthlyUsd: z
    .object({ now: z.number(), expected: z.number(), low: z.number(), high: z.number() })
    .nullable()
    .describe('Of what is stored, by list prices, now and at the last point'),
  unknown: z.string().nullable().describe('Why nothing can be said; there are no points then'),
  because: z.string().nullable(),
})
export type ForecastLine = z.infer<typeof lineSchema>

const sumSchema = z.object({
  spentUsd: z.number().describe('What is known of its days'),
  expectedUsd: z.number().nullable().describe('At its end; null where nothing can be said'),
  lowUsd: z.number().nullable(),
  highUsd: z.number().nullable(),
})

export const accountForecastSchema = z
  .object({
    account: z.string(),
    kind: z.enum(accountForecastKinds),
    madeAt: z.iso.datetime().describe('It is made anew after an hour'),
    source: z
      .enum(['cost-explorer', 'prices', 'cloudwatch', 'inventory'])
      .describe('Where what was measured comes from'),
    lines: z.array(lineSchema),
    months: z
      .array(
        sumSchema.extend({
          month: z.string().describe('"2026-11", in UTC'),
          passed: exhaustionSchema
            .nullable()
            .describe('When the budget is passed within the month; null without a budget'),
          services: z.array(sumSchema.extend({ service: z.string() })).describe('What costs most first; at most 20'),
        }),
      )
      .describe('Of costs: this month and the next one'),
    budget: budgetSchema.nullable(),
    note: z.string().nullable().describe('What is missing, and why'),
  })
  .meta({
    id: 'AccountForecast',
    description: 'How what an account costs, stores or uses of its limits is expected to go on.',
  })
export type AccountForecast = z.infer<typeof accountForecastSchema>
