import { z } from 'zod'

/** What can be made to go wrong in the sandbox. */
export const faultKinds = [
  'latency',
  'throttle',
  'server-error',
  'timeout-after-effect',
  'connection-lost-after-effect',
  'access-denied',
  'expired-credentials',
  'insufficient-capacity',
  'region-down',
] as const

export const faultDraftSchema = z
  .strictObject({
    kind: z.enum(faultKinds),
    account: z.string().max(64).optional(),
    region: z.string().max(64).optional(),
    service: z.string().max(64).optional().describe('"ec2", "cloudwatch" or "sts"'),
    action: z.string().max(128).optional().describe('For example "StopInstances"'),
    resource: z.string().max(2048).optional().describe('Only calls that name this id'),
    probability: z.number().gt(0).max(1).default(1),
    times: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('How many calls it hits before it is over; absent: until removed'),
    milliseconds: z.int().min(1).max(600_000).optional().describe('Of latency, in wall time; 1,000 unless given'),
  })
  .meta({ id: 'SandboxFaultDraft' })
export type FaultDraft = z.infer<typeof faultDraftSchema>

export const faultSchema = faultDraftSchema
  .extend({ id: z.string(), hits: z.int().describe('How many calls it has hit') })
  .meta({ id: 'SandboxFault' })
export type Fault = z.infer<typeof faultSchema>

export const sandboxEffectSchema = z
  .object({
    resource: z.string(),
    action: z.string(),
    accepted: z.int().describe('Calls for this resource that were accepted'),
    changed: z.int().describe('Those that changed something: stopping what is stopped does not'),
  })
  .meta({ id: 'SandboxEffect' })
export type SandboxEffect = z.infer<typeof sandboxEffectSchema>
