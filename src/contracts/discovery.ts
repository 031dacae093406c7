import { z } from 'zod'
import { accountIdSchema, externalIdSchema, newAccountSchema, regionsSchema } from './account.ts'

export const discoverRequestSchema = z
  .strictObject({
    account: accountIdSchema.describe(
      'The account here that may list the organization: its management account or a delegated administrator',
    ),
    roleName: z
      .string()
      .regex(/^[\w+=,.@-]{1,64}$/, 'the name of a role')
      .default('aws-orchestrator')
      .describe('The role in each account, as `orchestrator iam-template` makes it'),
    externalId: externalIdSchema.nullable().default(null).describe('The external id of those roles'),
    regions: regionsSchema.optional().describe('Those of that account unless given'),
  })
  .meta({ id: 'AccountDiscovery' })
export type DiscoverRequest = z.infer<typeof discoverRequestSchema>

export const discoveryResultSchema = z
  .object({
    items: z.array(
      z.object({
        id: accountIdSchema,
        name: z.string(),
        status: z.enum(['active', 'closing', 'closed']),
        isKnown: z.boolean().describe('It is one of the accounts here'),
        proposal: newAccountSchema
          .nullable()
          .describe('What `POST /accounts` would add it with; null for those that are known or closed'),
      }),
    ),
  })
  .meta({ id: 'AccountDiscoveryResult' })
export type DiscoveryResult = z.infer<typeof discoveryResultSchema>
