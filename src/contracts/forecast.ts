import { z } from 'zod'

export const forecastQuerySchema = z.object({
  resource: z.string().min(1).max(2048).describe('An ARN'),
  metric: z.string().min(1).max(200).describe('Name of a metric that the resource has'),
  days: z.coerce
    .number()
    .int()
    .min(1)
    .max(30)
    .optional()
    .describe('How far ahead; 14 unless given, of a balance of credits 2'),
})
export type ForecastQuery = z.infer<typeof forecastQuerySchema>

const dateSchema = z.iso.datetime().nullable()

export const exhaustionSchema = z.object({
  status: z
    .enum(['reached', 'expected', 'possible', 'not_within'])
    .describe('"possible": the interval reaches the limit within the time looked ahead, the forecast itself does not'),
  earliest: dateSchema.describe('When the interval first touches the limit'),
  expected: dateSchema,
  latest: dateSchema.describe('When the whole interval is beyond it; null: not within the time looked ahead'),
})
export type Exhaustion = z.infer<typeof exhaustionSchema>

export const metricForecastSchema = z
  .object({
    resource: z.string(),
    metric: z.string(),
    unit: z.string(),
    stepSeconds: z.int(),
    madeAt: z.iso.datetime().describe('It is made anew after an hour'),
    until: z.iso.datetime().describe('How far ahead it looks'),
    method: z
      .enum(['rhythm', 'trend'])
      .nullable()
      .describe(
        '"rhythm": as days and weeks went so far; "trend": the rhythm was left, and the last hours go on as a line',
      ),
    points: z
      .array(z.object({ at: z.iso.datetime(), value: z.number(), low: z.number(), high: z.number() }))
      .describe('With the interval in which the value lies 95 times of 100; at most 400'),
    limit: z
      .object({ value: z.number(), falling: z.boolean(), meaning: z.string() })
      .nullable()
      .describe('Where it is used up; null: it has no limit that is known'),
    exhaustion: exhaustionSchema.nullable(),
    monthlyUsd: z
      .object({ now: z.number(), expected: z.number(), low: z.number(), high: z.number() })
      .nullable()
      .describe('Of a bucket, what its Standard storage costs a month by list prices, now and at `until`; else null'),
    unknown: z.string().nullable().describe('Why nothing can be said; there are no points then'),
    because: z.string().nullable().describe('What it rests on'),
  })
  .meta({
    id: 'MetricForecast',
    description: 'How a metric is expected to go on, and when what it measures is used up.',
  })
export type MetricForecast = z.infer<typeof metricForecastSchema>
