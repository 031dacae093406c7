import { z } from 'zod'
import { listOf } from './list.ts'

export const cloudSchema = z.enum(['sandbox', 'aws'])
export type Cloud = z.infer<typeof cloudSchema>

export const freshnessSchema = z
  .object({
    source: z.enum(['cache', 'aws']),
    ageSeconds: z.number().nonnegative().nullable(),
    status: z.enum(['hit', 'miss', 'stale']),
    partial: z.array(z.object({ account: z.string(), region: z.string(), service: z.string(), why: z.string() })),
  })
  .meta({ id: 'Freshness', description: 'Where an answer comes from and how old it is.' })
export type Freshness = z.infer<typeof freshnessSchema>

export const resourceSchema = z
  .object({
    id: z.string().describe('The ARN'),
    type: z.string().describe('For example "ec2.instance"'),
    account: z.string(),
    region: z.string(),
    name: z.string().nullable(),
    state: z.string().nullable(),
    tags: z.record(z.string(), z.string()),
    cost: z.object({ monthlyUsd: z.number(), source: z.string() }).nullable(),
    summary: z.record(z.string(), z.unknown()),
    config: z.record(z.string(), z.unknown()),
    firstSeenAt: z.iso.datetime(),
    lastSeenAt: z.iso.datetime(),
  })
  .meta({ id: 'Resource' })
export type Resource = z.infer<typeof resourceSchema>

export const resourceListSchema = listOf(resourceSchema).extend({ freshness: freshnessSchema })

/**
 * What a task works on: explicit ids (ARNs or AWS ids), a query over the inventory, or, for an operation that makes
 * something, the account and Region where its parameters describe what.
 */
const within = { account: z.string().max(64).optional(), region: z.string().max(64).optional() }
export const targetsSchema = z
  .union([
    z.strictObject({ ids: z.array(z.string().min(1).max(2048)).min(1).max(10_000), ...within }),
    z.strictObject({ query: z.string().min(1).max(4096), ...within }),
    z.strictObject({ account: z.string().min(1).max(64), region: z.string().min(1).max(64) }),
  ])
  .meta({ id: 'Targets' })
export type Targets = z.infer<typeof targetsSchema>
