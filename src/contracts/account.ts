import { z } from 'zod'
import { listOf } from './list.ts'
import { cloudSchema } from './resource.ts'

export const accountIdSchema = z.string().regex(/^\d{12}$/, 'an AWS account id has 12 digits')

const credentialKinds = [
  z.strictObject({ kind: z.literal('sandbox') }),
  z.strictObject({ kind: z.literal('profile'), profile: z.string().min(1).max(200) }),
  z.strictObject({ kind: z.literal('ambient') }),
] as const
const roleArnSchema = z
  .string()
  .max(2048)
  .regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'the ARN of an IAM role')

/** How clients of an account get credentials. Of a role's external id only whether there is one is ever shown. */
export const credentialsSchema = z.discriminatedUnion('kind', [
  ...credentialKinds,
  z.strictObject({ kind: z.literal('role'), roleArn: roleArnSchema, hasExternalId: z.boolean() }),
])
// AWS's own limits for ExternalId (STS AssumeRole).
export const externalIdSchema = z.string().regex(/^[\w+=,.@:/-]{2,1224}$/)
export const newCredentialsSchema = z.discriminatedUnion('kind', [
  ...credentialKinds,
  z.strictObject({
    kind: z.literal('role'),
    roleArn: roleArnSchema,
    externalId: externalIdSchema.nullable().default(null),
  }),
])

const regionSchema = z.string().regex(/^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/, 'a Region, for example eu-central-1')
export const regionsSchema = z.array(regionSchema).min(1).max(50)
const nameSchema = z.string().trim().min(1).max(100)

const costsSchema = z
  .enum(['prices', 'cost-explorer'])
  .describe('Where costs of resources come from: list prices, or Cost Explorer once a day, which AWS charges for')

const syncStatusSchema = z.enum(['never', 'syncing', 'fresh', 'stale', 'failing'])
const syncErrorSchema = z
  .object({
    message: z.string(),
    at: z.iso.datetime(),
    missingActions: z.array(z.string()).describe('IAM actions that the role lacks, or one of which it lacks'),
  })
  .nullable()

/** Where the sync of one account, Region and service stands: the sum of its types. */
export const syncStateSchema = z.object({
  region: z.string(),
  service: z.string(),
  status: syncStatusSchema,
  sweptAt: z.iso.datetime().nullable().describe('What is shown is at least as new as this'),
  nextAt: z.iso.datetime(),
  seconds: z.number().nullable().describe('How long the last complete sweep took'),
  resources: z.int().nullable(),
  error: syncErrorSchema,
  types: z.array(
    z.object({
      type: z.string(),
      status: syncStatusSchema,
      sweptAt: z.iso.datetime().nullable(),
      nextAt: z.iso.datetime(),
      resources: z.int().nullable(),
      error: syncErrorSchema,
    }),
  ),
})
export type SyncState = z.infer<typeof syncStateSchema>

export const accountSchema = z
  .object({
    id: accountIdSchema,
    name: z.string(),
    cloud: cloudSchema,
    regions: z.array(z.string()),
    credentials: credentialsSchema,
    isProduction: z.boolean(),
    costs: costsSchema,
    costExplorer: z
      .object({
        nextAt: z.iso.datetime().describe('Not asked again before'),
        readAt: z.iso.datetime().nullable().describe('When costs were read the last time'),
        through: z.iso.date().nullable().describe('The last day that was read'),
        requests: z.int().nullable().describe('That the last reading made, each of which AWS charges for'),
        resources: z.int().describe('Whose costs are known from it'),
        error: z.string().nullable(),
      })
      .nullable()
      .describe('How asking Cost Explorer went; null where it is not asked, or not yet'),
    sync: z.array(syncStateSchema),
  })
  .meta({ id: 'Account' })
export type AccountView = z.infer<typeof accountSchema>
export const accountListSchema = listOf(accountSchema)

export const newAccountSchema = z
  .strictObject({
    id: accountIdSchema,
    name: nameSchema,
    cloud: cloudSchema,
    regions: regionsSchema,
    credentials: newCredentialsSchema,
    isProduction: z.boolean().default(false),
    costs: costsSchema.optional(),
  })
  .refine((account) => (account.cloud === 'sandbox') === (account.credentials.kind === 'sandbox'), {
    path: ['credentials', 'kind'],
    message: 'a sandbox account has credentials of the kind "sandbox", a real one any other',
  })
  .meta({ id: 'NewAccount' })
export type NewAccount = z.infer<typeof newAccountSchema>

/** The cloud of an account never changes: the two clouds never mix. */
export const accountChangesSchema = z
  .strictObject({
    name: nameSchema.optional(),
    regions: regionsSchema.optional(),
    credentials: newCredentialsSchema.optional(),
    isProduction: z.boolean().optional(),
    costs: costsSchema.optional(),
  })
  .meta({ id: 'AccountChanges' })
export type AccountChanges = z.infer<typeof accountChangesSchema>

export const accountTestSchema = z
  .object({
    ok: z.boolean(),
    identity: z.object({ account: z.string(), arn: z.string() }).nullable(),
    problem: z.string().nullable().describe('Why it did not work, and what to do'),
  })
  .meta({ id: 'AccountTest' })
export type AccountTest = z.infer<typeof accountTestSchema>
