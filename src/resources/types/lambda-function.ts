import type { FunctionDetails, Lambda, LambdaFunction } from '#aws/lambda.ts'
import { monthlyUsdOfProvisionedConcurrency, priceSource } from '#aws/prices.ts'
import type { KnownResource, Listing, Observed, Place, ResourceType } from './resource-type.ts'

const type = 'lambda.function'

export const observeFunction = (
  configuration: LambdaFunction,
  tags: Record<string, string>,
  details: FunctionDetails | undefined,
): Observed => {
  const provisioned = details?.provisionedConcurrency.reduce((sum, { requested }) => sum + requested, 0)
  return {
    id: configuration.arn,
    awsId: configuration.name,
    type,
    service: 'lambda',
    account: configuration.account,
    region: configuration.region,
    name: configuration.name,
    state: details?.state ?? null,
    tags,
    cost: costOf(configuration, provisioned ?? 0),
    summary: {
      ...summaryOf(configuration),
      lastUpdateStatus: details?.lastUpdateStatus ?? null,
      reservedConcurrency: details?.reservedConcurrency ?? null,
      provisionedConcurrency: provisioned ?? null,
    },
    config: { ...configuration.raw, ...(details === undefined ? {} : { Details: details }) },
  }
}

/** What functions and their versions have in common. */
export const summaryOf = (configuration: LambdaFunction): Record<string, unknown> => ({
  description: configuration.description,
  runtime: configuration.runtime,
  handler: configuration.handler,
  packageType: configuration.packageType,
  architecture: configuration.architecture,
  memoryMib: configuration.memoryMib,
  timeoutSeconds: configuration.timeoutSeconds,
  ephemeralStorageMib: configuration.ephemeralStorageMib,
  codeSizeBytes: configuration.codeSizeBytes,
  lastModifiedAt: configuration.lastModifiedAt,
  roleArn: configuration.roleArn,
  logGroupName: configuration.logGroupName,
  layerArns: configuration.layerArns,
  vpcId: configuration.vpcId,
  subnetIds: configuration.subnetIds,
  securityGroupIds: configuration.securityGroupIds,
  deadLetterArn: configuration.deadLetterArn,
})

/** What a function costs is its invocations, which are not known here; concurrency that is kept ready costs by the hour. */
const costOf = ({ memoryMib, architecture, region }: LambdaFunction, provisioned: number): Observed['cost'] =>
  provisioned === 0
    ? null
    : {
        monthlyUsd: monthlyUsdOfProvisionedConcurrency({ provisioned, memoryMib, architecture }, region),
        source: `${priceSource}; provisioned concurrency only, without invocations`,
      }

/** Tags come from the tagging API, a hundred functions a call. */
const tagsByArn = async ({ aws, account, region, call }: Place): Promise<Map<string, Record<string, string>>> => {
  const tagging = await aws.tagging(account, region)
  const tags = new Map<string, Record<string, string>>()
  for await (const page of tagging.listResources(call, ['lambda:function']))
    for (const one of page) tags.set(one.arn, one.tags)
  return tags
}

const detailsIn = (known: KnownResource | undefined): FunctionDetails | undefined =>
  // What stands there was written by observeFunction.
  known?.config['Details'] as FunctionDetails | undefined

const list: Listing = async function* (place, known) {
  const { aws, account, region, call } = place
  const lambda = await aws.lambda(account, region)
  const tags = await tagsByArn(place)
  for await (const page of lambda.listFunctions(call)) {
    const found = await known(page.map(({ arn }) => arn))
    yield page.map((each) => ({
      ...observeFunction(each, tags.get(each.arn) ?? {}, detailsIn(found.get(each.arn))),
      basedOn: found.get(each.arn)?.version ?? null,
    }))
  }
}

/** The state (which only GetFunction tells), concurrency, and tags again. */
const listDetails: Listing = async function* ({ aws, account, region, call }) {
  const lambda = await aws.lambda(account, region)
  for await (const page of lambda.listFunctions(call)) {
    yield (await Promise.all(page.map(({ name }) => read(lambda, call, name)))).flat()
  }
}

const read = async (lambda: Lambda, call: Place['call'], name: string): Promise<Observed[]> => {
  const [found, provisionedConcurrency] = await Promise.all([
    lambda.getFunction(call, name),
    lambda.listProvisionedConcurrency(call, name),
  ])
  return found === undefined
    ? []
    : [observeFunction(found.configuration, found.tags, { ...found.details, provisionedConcurrency })]
}

/** A function's name, as AWS restricts it. */
export const isFunctionName = (name: string): boolean => /^[\w-]{1,140}$/.test(name)

export const lambdaFunction: ResourceType = {
  type,
  service: 'lambda',
  iamActions: [
    'lambda:ListFunctions',
    'lambda:GetFunction',
    'lambda:ListProvisionedConcurrencyConfigs',
    'tag:GetResources',
  ],
  isAwsId: isFunctionName,
  awsIdOf: (resource) => /^function:([^:]+)$/.exec(resource)?.[1] ?? null,
  list,
  details: {
    service: 'lambda-details',
    list: listDetails,
    lifetime: { sweptEverySeconds: 300 },
    areKnown: (known) => detailsIn(known) !== undefined,
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const lambda = await aws.lambda(account, region)
    return (await Promise.all(awsIds.map((name) => read(lambda, call, name)))).flat()
  },
  transitionalStates: ['Pending', 'Deactivating', 'ActiveNonInvocable', 'Deleting'],
}
