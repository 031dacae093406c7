import type { LambdaFunction } from '#aws/lambda.ts'
import { isFunctionName, summaryOf } from './lambda-function.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'lambda.version'

export const observeVersion = (configuration: LambdaFunction): Observed => ({
  id: configuration.arn,
  awsId: `${configuration.name}:${configuration.version}`,
  type,
  service: 'lambda',
  account: configuration.account,
  region: configuration.region,
  name: `${configuration.name}:${configuration.version}`,
  // Told one by one only.
  state: null,
  // Versions have none; those of the function count.
  tags: {},
  // The code that is kept costs nothing; what runs it is not known here.
  cost: null,
  summary: {
    functionName: configuration.name,
    functionArn: configuration.arn.replace(/:[^:]+$/, ''),
    version: configuration.version,
    ...summaryOf(configuration),
  },
  config: configuration.raw,
})

export const lambdaVersion: ResourceType = {
  type,
  service: 'lambda',
  iamActions: ['lambda:ListFunctions', 'lambda:GetFunction'],
  isAwsId: (awsId) => /:\d+$/.test(awsId) && isFunctionName(awsId.replace(/:\d+$/, '')),
  awsIdOf: (resource) => /^function:([^:]+:\d+)$/.exec(resource)?.[1] ?? null,
  list: async function* ({ aws, account, region, call }) {
    const lambda = await aws.lambda(account, region)
    for await (const page of lambda.listVersions(call)) yield page.map(observeVersion)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const lambda = await aws.lambda(account, region)
    const found = await Promise.all(
      awsIds.map((awsId) => {
        const [name = '', version] = awsId.split(':')
        return lambda.getFunction(call, name, version)
      }),
    )
    return found.flatMap((one) => (one === undefined ? [] : [observeVersion(one.configuration)]))
  },
  lifetime: { sweptEverySeconds: 300 },
  transitionalStates: [],
}
