import { z } from 'zod'
import { roleSchema } from './principal.ts'

/**
 * Everything that a route, a task or a token can be allowed to do. Rights are given by Cedar policies (deny by default);
 * the scopes of an API token are a list of these.
 */
export const actions = [
  'task.read',
  'task.create',
  'task.approve',
  'task.cancel',
  'schedule.read',
  'schedule.manage',
  'task.breakGlass',
  'freeze.read',
  'freeze.manage',
  'operation.read',
  'queue.read',
  'resource.read',
  'resource.refresh',
  'view.manage',
  'account.read',
  'account.manage',
  'user.read',
  'user.manage',
  'token.manage',
  'role.read',
  'policy.read',
  'policy.manage',
  'audit.read',
  'audit.export',
  'alert.read',
  'alert.manage',
  'channel.manage',
  'sandbox.manage',
  'recommendation.manage',
] as const
export const actionSchema = z.enum(actions).meta({ id: 'Action' })
export type Action = z.infer<typeof actionSchema>

export const roleDetailsSchema = z
  .object({
    name: roleSchema,
    description: z.string(),
    permissions: z.array(
      z.object({
        action: actionSchema,
        rule: z.string().describe('The id of the policy that permits it'),
        condition: z.string().nullable().describe('What must hold besides having the role, in words'),
      }),
    ),
  })
  .meta({ id: 'Role', description: 'A role and what it may do, as the policies say it.' })
export type RoleDetails = z.infer<typeof roleDetailsSchema>

export const policySchema = z
  .object({
    id: z.string(),
    description: z.string(),
    effect: z.enum(['permit', 'forbid']),
    actions: z.array(actionSchema),
    source: z.enum(['built-in']),
    text: z.string().describe('The Cedar policy itself'),
  })
  .meta({ id: 'Policy' })
export type Policy = z.infer<typeof policySchema>

const attributeText = z.string().max(2048)
export const accessResourceSchema = z
  .strictObject({
    type: z.enum(['System', 'Account', 'Resource', 'Task', 'Schedule', 'User', 'Token', 'Alert', 'Channel', 'View']),
    id: attributeText,
    account: attributeText.optional(),
    region: attributeText.optional(),
    cloud: z.enum(['sandbox', 'aws']).optional(),
    tags: z.record(attributeText, attributeText).optional(),
    isProduction: z.boolean().optional(),
    operation: attributeText.optional(),
    risk: attributeText.optional(),
    ownerId: attributeText.optional(),
  })
  .meta({ id: 'AccessResource', description: 'What an action is about, as far as policies can see it.' })
export type AccessResource = z.infer<typeof accessResourceSchema>

export const policyTestSchema = z
  .strictObject({
    principal: z.strictObject({
      userId: attributeText.default('someone'),
      roles: z.array(roleSchema).max(5),
      scopes: z.array(actionSchema).nullable().default(null),
    }),
    action: actionSchema,
    resource: accessResourceSchema.optional(),
  })
  .meta({ id: 'PolicyTest', description: 'A question to the policies: may this principal do that?' })

export const decisionSchema = z
  .object({ allowed: z.boolean(), reasons: z.array(z.string()) })
  .meta({ id: 'Decision', description: 'The answer and the rules that made it; of a denial, what is missing.' })
export type Decision = z.infer<typeof decisionSchema>
