import { z } from 'zod'
import { listOf, pageQuerySchema } from './list.ts'

export const outcomes = ['allowed', 'denied', 'succeeded', 'failed'] as const
export const outcomeSchema = z.enum(outcomes)
export type Outcome = z.infer<typeof outcomeSchema>

export const auditActorSchema = z.object({
  id: z.string(),
  email: z.string().nullable(),
  via: z.string().nullable(),
  credentialId: z.string().nullable(),
})

export const auditRowSchema = z
  .object({
    id: z.string(),
    at: z.iso.datetime(),
    actor: auditActorSchema,
    action: z.string(),
    subject: z.object({ type: z.string(), id: z.string() }),
    outcome: outcomeSchema,
    requestId: z.string().nullable(),
    details: z.record(z.string(), z.unknown()),
    isSealed: z.boolean().describe('Whether the row is part of the chain already (within a second of its commit)'),
  })
  .meta({ id: 'AuditRow' })
export type AuditRow = z.infer<typeof auditRowSchema>
export const auditListSchema = listOf(auditRowSchema)

const text = z.string().min(1).max(2048)
export const auditFilterSchema = z.object({
  actor: text.optional().describe("The actor's id or e-mail address"),
  action: text.optional().describe('An action, or the beginning of some with a star: "auth.*"'),
  subject: text.optional().describe('The id of what it was done to, or "Type:id"'),
  outcome: outcomeSchema.optional(),
  from: z.iso.datetime({ offset: true }).optional(),
  to: z.iso.datetime({ offset: true }).optional().describe('Exclusive'),
  q: z.string().max(200).optional().describe('Text in the action, actor, subject or details'),
})
export type AuditFilter = z.infer<typeof auditFilterSchema>
export const auditQuerySchema = pageQuerySchema.extend(auditFilterSchema.shape)
export const auditExportQuerySchema = auditFilterSchema.extend({ format: z.enum(['ndjson', 'csv']).default('ndjson') })

export const verificationSchema = z
  .object({
    ok: z.boolean(),
    checked: z.int().nonnegative().describe('Rows whose place in the chain was recomputed'),
    seals: z.int().nonnegative(),
    unsealed: z.object({ count: z.int().nonnegative(), oldestAt: z.iso.datetime().nullable() }),
    head: z.object({ seal: z.int().nonnegative(), rows: z.int().nonnegative(), hash: z.string() }),
    firstBroken: z
      .object({
        seal: z.int().nonnegative(),
        row: z.string().nullable(),
        kind: z.enum(['edited', 'missing', 'inserted', 'seal_forged', 'seal_missing', 'truncated', 'unknown_key']),
        message: z.string(),
      })
      .nullable(),
  })
  .meta({ id: 'AuditVerification' })
export type Verification = z.infer<typeof verificationSchema>
