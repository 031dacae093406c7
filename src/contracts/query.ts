import { z } from 'zod'
import { freshnessSchema } from './resource.ts'

/** Longest query that is parsed. */
export const queryMaxLength = 4096

/**
 * A field that a query can name, as the console's filter and the error for an unknown field list them. What a field takes:
 * words with wildcards, numbers or durations to compare with.
 */
export type QueryField = {
  name: string
  takes: 'words' | 'number' | 'duration'
  description: string
  example: string
}

/** The fields of the query language; docs/resources.md has the grammar. */
export const queryFields: readonly QueryField[] = [
  { name: 'type', takes: 'words', description: 'Type of the resource', example: 'type:ec2.instance' },
  { name: 'state', takes: 'words', description: "State, in AWS's words", example: 'state:(stopped or stopping)' },
  { name: 'service', takes: 'words', description: 'AWS service', example: 'service:ec2' },
  { name: 'account', takes: 'words', description: 'Account id or the name it has here', example: 'account:production' },
  { name: 'region', takes: 'words', description: 'Region', example: 'region:eu-*' },
  { name: 'name', takes: 'words', description: 'Name', example: 'name:web-*' },
  { name: 'id', takes: 'words', description: 'ARN, or the id that AWS gave', example: 'id:i-0123456789abcdef0' },
  { name: 'tag.<key>', takes: 'words', description: 'Value of a tag; * for "has the tag"', example: 'tag.env:prod' },
  { name: 'cost', takes: 'number', description: 'Estimated US dollars a month', example: 'cost:>100' },
  { name: 'cpu', takes: 'number', description: 'Average CPU in percent', example: 'cpu:<5' },
  { name: 'age', takes: 'duration', description: 'Time since it was made', example: 'age:>30d' },
  {
    name: 'summary.<field>',
    takes: 'words',
    description: "A field of the resource's summary; most are known by their name alone",
    example: 'instanceType:m5.*',
  },
]

/**
 * Fields of summaries that a query may name without `summary.` in front of them. A fixed list, so that a misspelt field is
 * told and not searched for in vain.
 */
export const summaryFields: readonly string[] = [
  'actions',
  'actionsEnabled',
  'architecture',
  'associationId',
  'attachedPolicyArns',
  'attachedTo',
  'availabilityZone',
  'availabilityZones',
  'availableAddresses',
  'batchSize',
  'cidrBlock',
  'cidrBlocks',
  'cloudFormationType',
  'codeSizeBytes',
  'comparisonOperator',
  'createdAt',
  'deadLetterArn',
  'description',
  'desiredCapacity',
  'dnsName',
  'egressRules',
  'encryption',
  'ephemeralStorageMib',
  'eventSourceArn',
  'fingerprint',
  'functionArn',
  'functionName',
  'handler',
  'hasPublicAcl',
  'hasPublicPolicy',
  'healthCheckPath',
  'healthCheckType',
  'healthyTargets',
  'iamInstanceProfileArn',
  'imageId',
  'inServiceInstances',
  'ingressRules',
  'inlinePolicyNames',
  'instanceId',
  'instanceIds',
  'instanceProfileArns',
  'instanceType',
  'iops',
  'isDefault',
  'isDeletionProtected',
  'isEncrypted',
  'isOpenToWorld',
  'isPublic',
  'keyName',
  'keyPairId',
  'keyType',
  'kind',
  'kmsKeyId',
  'lastModifiedAt',
  'lastResult',
  'lastUpdateStatus',
  'lastUsedOn',
  'latestVersion',
  'latestVersionArn',
  'launchTemplateId',
  'launchTemplateName',
  'launchedAt',
  'layerArns',
  'lifecycle',
  'lifecycleRules',
  'loadBalancerArns',
  'loadBalancerType',
  'logClass',
  'logGroupName',
  'mapsPublicIps',
  'maxSize',
  'measuredAt',
  'memoryMib',
  'metricName',
  'metrics',
  'minSize',
  'namespace',
  'networkInterfaceId',
  'notificationTargets',
  'objects',
  'openPorts',
  'packageType',
  'pattern',
  'periodSeconds',
  'permissionsBoundaryArn',
  'platform',
  'port',
  'privateIp',
  'protocol',
  'provisionedConcurrency',
  'publicAccessBlock',
  'publicIp',
  'reservedConcurrency',
  'retentionDays',
  'retentionPolicy',
  'roleArn',
  'rootDeviceType',
  'routing',
  'runningMonthlyUsd',
  'runtime',
  'runtimes',
  'scheme',
  'securityGroupIds',
  'sizeBytes',
  'sizeGib',
  'snapshotId',
  'snapshotIds',
  'sourceInstanceId',
  'sourceSecurityGroupIds',
  'startedAt',
  'storageTier',
  'storedBytes',
  'subnetId',
  'subnetIds',
  'suspendedProcesses',
  'targetGroupArns',
  'targetIds',
  'targetType',
  'targets',
  'threshold',
  'timeoutSeconds',
  'trustedPrincipals',
  'unhealthyTargets',
  'updatedAt',
  'version',
  'versionArn',
  'versioning',
  'volumeId',
  'volumeIds',
  'volumeType',
  'vpcId',
  'widgets',
]

export const querySchema = z
  .string()
  .max(queryMaxLength)
  .describe('Query, for example: type:ec2.instance tag.env:prod -state:terminated cost:>100')

/** Where in the query something is wrong, for a marker under the text. */
export const queryProblemSchema = z.object({
  /** Counted from 1. */
  column: z.int().positive(),
  length: z.int().nonnegative(),
  /** What may have been meant: stands for the text between. */
  suggestion: z.string().optional(),
})
export type QueryProblem = z.infer<typeof queryProblemSchema>

/** What the console offers while a query is being written. */
export const suggestionsQuerySchema = z.object({
  q: z.string().max(queryMaxLength).default(''),
  at: z.coerce
    .number()
    .int()
    .min(0)
    .max(queryMaxLength)
    .optional()
    .describe('Characters before the cursor; the end of the query unless given'),
})
export const suggestionsSchema = z
  .object({
    from: z.int().describe('Characters before what a suggestion replaces'),
    to: z.int().describe('Characters before what comes after it'),
    items: z.array(
      z.object({
        text: z.string().describe('What stands there afterwards'),
        label: z.string(),
        description: z.string(),
        kind: z.enum(['field', 'value']),
      }),
    ),
    problem: queryProblemSchema
      .extend({ message: z.string() })
      .nullable()
      .describe('What is wrong with the query as it is; null when it can be searched with'),
  })
  .meta({ id: 'QuerySuggestions' })
export type Suggestions = z.infer<typeof suggestionsSchema>

/** What matches can be counted by, beside `tag.<key>` and the fields of summaries. */
export const facetFields = ['type', 'service', 'account', 'region', 'state'] as const
const mostFacets = 10
export const facetsQuerySchema = z.object({
  by: z
    .string()
    .min(1)
    .max(1000)
    .transform((text) => text.split(','))
    .pipe(z.array(z.string().min(1).max(300)).min(1).max(mostFacets))
    .describe(
      `${facetFields.join(', ')}, tag.<key>, or a field of summaries; up to ${mostFacets} with commas between them`,
    ),
  values: z.coerce.number().int().min(1).max(100).default(20).describe('Values of each, the most frequent first'),
})
export const facetsSchema = z
  .object({
    facets: z.array(
      z.object({
        by: z.string(),
        values: z.array(z.object({ value: z.string().nullable().describe('null: has none'), count: z.int() })),
        others: z.int().describe('Values that are left out'),
        isApproximate: z.boolean().describe('Its counts are estimated from a sample: more than 10,000 resources match'),
      }),
    ),
    isApproximate: z.boolean().describe('Counts of at least one are'),
    ageSeconds: z.number().describe('How long ago it was counted'),
    freshness: freshnessSchema.describe('Of what was counted; its age has that of the count in it'),
  })
  .meta({ id: 'ResourceFacets' })
export type Facets = z.infer<typeof facetsSchema>
