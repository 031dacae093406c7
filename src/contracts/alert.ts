import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'
import { riskSchema } from './task.ts'

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

/** What a channel can hear of tasks; docs/webhooks.md says when each comes and what it carries. */
export const taskWebhookEvents = [
  'task.created',
  'task.awaiting_approval',
  'task.started',
  'task.drifted',
  'task.finished',
  'task.failed',
  'task.approval_expired',
] as const
export const taskWebhookEventSchema = z.enum(taskWebhookEvents)
export type TaskWebhookEvent = z.infer<typeof taskWebhookEventSchema>
const taskEventsSchema = z.array(taskWebhookEventSchema).max(taskWebhookEvents.length)

const names = z.array(z.string().min(1).max(200)).max(100).default([])
export const taskWebhookFilterSchema = z
  .strictObject({ accounts: names, operations: names, risks: z.array(riskSchema).max(5).default([]) })
  .meta({ id: 'TaskWebhookFilter', description: 'Which tasks; an empty list is no bound.' })
export type TaskWebhookFilter = z.infer<typeof taskWebhookFilterSchema>

/** A place that alerts are sent to. Its signing secret is shown once, when it is created. */
export const channelSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    kind: z.literal('webhook'),
    url: z.string(),
    alerts: z.boolean().describe('Whether it hears of alerts, of that severity or worse'),
    minimumSeverity: severitySchema,
    taskEvents: taskEventsSchema.describe('What it hears of tasks'),
    taskFilter: taskWebhookFilterSchema,
    owner: bySchema.nullable().describe('Who subscribed it to tasks: what they may not read is not sent'),
    isEnabled: z.boolean(),
    disabledReason: z.string().nullable(),
    failingSince: z.iso.datetime().nullable().describe('Since when nothing could be delivered'),
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
    alerts: z.boolean().default(true),
    minimumSeverity: severitySchema.default('warning'),
    taskEvents: taskEventsSchema.default([]),
    taskFilter: taskWebhookFilterSchema.default({ accounts: [], operations: [], risks: [] }),
  })
  .meta({ id: 'NewNotificationChannel' })
export type NewChannel = z.infer<typeof newChannelSchema>

export const channelChangesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    url: urlSchema.optional(),
    alerts: z.boolean().optional(),
    minimumSeverity: severitySchema.optional(),
    taskEvents: taskEventsSchema.optional(),
    taskFilter: taskWebhookFilterSchema.optional(),
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

/** One message to a channel, and what became of it; kept for seven days after its end. */
export const deliverySchema = z
  .object({
    id: z.string().describe('The webhook-id that the receiver sees'),
    event: z.string(),
    task: z.string().nullable(),
    status: z.enum(['pending', 'delivered', 'failed']),
    attempts: z.int(),
    lastStatus: z.int().nullable().describe("HTTP status of the receiver's last answer"),
    lastError: z.string().nullable(),
    createdAt: z.iso.datetime(),
    nextAt: z.iso
      .datetime()
      .nullable()
      .describe('When it is tried (again); null when it is over, or waits for an earlier one of its task'),
    finishedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'NotificationDelivery' })
export type DeliveryView = z.infer<typeof deliverySchema>
export const deliveryListSchema = listOf(deliverySchema)
export const deliveryQuerySchema = pageQuerySchema.extend({ status: deliverySchema.shape.status.optional() })
