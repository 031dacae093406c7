import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'

export const severities = ['info', 'warning', 'critical'] as const
export const severitySchema = z.enum(severities)
export type Severity = z.infer<typeof severitySchema>

export const alertStatusSchema = z.enum(['open', 'acknowledged', 'resolved'])
export type AlertStatus = z.infer<typeof alertStatusSchema>

const bySchema = z.object({ id: z.string(), email: z.string() })

export const alertSchema = z
  .object({
    id: z.string(),
    severity: severitySchema,
    title: z.string(),
    detail: z.string(),
    source: z.string().describe('What raised it, for example "resources"'),
    subject: z.object({ type: z.string(), id: z.string() }).nullable(),
    account: z.string().nullable(),
    status: alertStatusSchema,
    occurrences: z.int().describe('How often it was raised since it was opened'),
    createdAt: z.iso.datetime(),
    lastRaisedAt: z.iso.datetime(),
    acknowledgedAt: z.iso.datetime().nullable(),
    acknowledgedBy: bySchema.nullable(),
    resolvedAt: z.iso.datetime().nullable(),
    resolvedBy: bySchema.nullable(),
  })
  .meta({ id: 'Alert' })
export type Alert = z.infer<typeof alertSchema>
export const alertListSchema = listOf(alertSchema)

export const alertQuerySchema = pageQuerySchema.extend({
  status: z.enum(['open', 'acknowledged', 'resolved', 'unresolved']).optional(),
  severity: severitySchema.optional(),
})

const urlSchema = z.url({ protocol: /^https?$/ }).max(2048)

/** A place that alerts are sent to. Its signing secret is shown once, when it is created. */
export const channelSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.literal('webhook'),
    url: z.string(),
    minimumSeverity: severitySchema,
    isEnabled: z.boolean(),
    disabledReason: z.string().nullable(),
    createdAt: z.iso.datetime(),
    lastDelivery: z
      .object({
        at: z.iso.datetime(),
        status: z.enum(['pending', 'delivered', 'failed']),
        attempts: z.int(),
        error: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'NotificationChannel' })
export type Channel = z.infer<typeof channelSchema>
export const channelListSchema = listOf(channelSchema)

const nameSchema = z.string().trim().min(1).max(100)
export const newChannelSchema = z
  .strictObject({
    name: nameSchema,
    kind: z.literal('webhook'),
    url: urlSchema,
    minimumSeverity: severitySchema.default('warning'),
  })
  .meta({ id: 'NewNotificationChannel' })
export type NewChannel = z.infer<typeof newChannelSchema>

export const channelChangesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    url: urlSchema.optional(),
    minimumSeverity: severitySchema.optional(),
    isEnabled: z.boolean().optional(),
  })
  .meta({ id: 'NotificationChannelChanges' })
export type ChannelChanges = z.infer<typeof channelChangesSchema>

/** The answer to creating a channel: the only one that carries the secret. */
export const createdChannelSchema = channelSchema
  .extend({ secret: z.string() })
  .meta({ id: 'CreatedNotificationChannel' })

export const channelTestSchema = z
  .object({
    delivered: z.boolean(),
    status: z.int().nullable().describe("HTTP status of the receiver's answer"),
    milliseconds: z.int(),
    error: z.string().nullable(),
  })
  .meta({ id: 'NotificationChannelTest' })
export type ChannelTest = z.infer<typeof channelTestSchema>
