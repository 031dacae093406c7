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
  'eventual-consistency',
  'region-down',
] as const

export const faultDraftSchema = z
  .strictObject({
    kind: z.enum(faultKinds),
    account: z.string().max(64).optional(),
    region: z.string().max(64).optional(),
    service: z.string().max(64).optional().describe('For example "ec2", "cloudwatch" or "logs"'),
    action: z.string().max(128).optional().describe('For example "StopInstances"'),
    resource: z.string().max(2048).optional().describe('Only calls that name this id'),
    probability: z.number().gt(0).max(1).default(1),
    times: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('How many calls it hits before it is over; absent: until removed'),
    milliseconds: z
      .int()
      .min(1)
      .max(600_000)
      .optional()
      .describe('Of latency (1,000 unless given) and of how far reads are behind (5,000), in wall time'),
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

/** What goes wrong in the sandbox by itself. */
export const incidentKinds = [
  'cpu-saturation',
  'memory-leak',
  'disk-filling',
  'credit-exhaustion',
  'function-errors',
  'slow-load-balancer',
  'runaway-cost',
] as const
export type IncidentKind = (typeof incidentKinds)[number]

export const sandboxIncidentSchema = z
  .object({
    kind: z.enum(incidentKinds),
    account: z.string(),
    region: z.string(),
    resource: z.string().describe('The ARN'),
    name: z.string(),
    what: z.string().describe('What can be seen, in words'),
    from: z.iso.datetime(),
    until: z.iso.datetime(),
  })
  .meta({ id: 'SandboxIncident', description: 'Something that goes wrong in the sandbox by itself.' })
export type SandboxIncident = z.infer<typeof sandboxIncidentSchema>

export const sandboxInfoSchema = z
  .object({
    seed: z.string(),
    size: z.int().describe('Resources in the estate'),
    speed: z.number().describe('How many times as fast as the wall its clock runs'),
    incidents: z.array(sandboxIncidentSchema).describe('Of the last and the next day, the latest first'),
  })
  .meta({ id: 'Sandbox' })
export type SandboxInfo = z.infer<typeof sandboxInfoSchema>
