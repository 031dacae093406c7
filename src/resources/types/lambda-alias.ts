import type { LambdaAlias } from '#aws/lambda.ts'
import { isFunctionName } from './lambda-function.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'lambda.alias'

export const observeAlias = (alias: LambdaAlias): Observed => {
  const functionArn = alias.arn.replace(/:[^:]+$/, '')
  return {
    id: alias.arn,
    awsId: `${alias.functionName}:${alias.name}`,
    type,
    service: 'lambda-details',
    account: alias.account,
    region: alias.region,
    name: `${alias.functionName}:${alias.name}`,
    state: null,
    tags: {},
    cost: null,
    summary: {
      functionName: alias.functionName,
      functionArn,
      version: alias.version,
      versionArn: alias.version === '$LATEST' ? functionArn : `${functionArn}:${alias.version}`,
      description: alias.description,
      routing: alias.routing,
    },
    config: alias.raw,
  }
}

export const lambdaAlias: ResourceType = {
  type,
  // AWS lists them function by function, within a quota that all of Lambda's calls share.
  service: 'lambda-details',
  arnService: 'lambda',
  iamActions: ['lambda:ListFunctions', 'lambda:ListAliases', 'lambda:GetAlias'],
  isAwsId: (awsId) => {
    const [name = '', alias = '', ...rest] = awsId.split(':')
    return rest.length === 0 && isFunctionName(name) && /^(?!\d+$)[\w-]{1,128}$/.test(alias)
  },
  awsIdOf: (resource) => /^function:([^:]+:(?!\d+$)[^:]+)$/.exec(resource)?.[1] ?? null,
  list: async function* ({ aws, account, region, call }) {
    const lambda = await aws.lambda(account, region)
    for await (const page of lambda.listFunctions(call)) {
      const aliases = await Promise.all(page.map(({ name }) => lambda.listAliases(call, name)))
      yield aliases.flat().map(observeAlias)
    }
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const lambda = await aws.lambda(account, region)
    const found = await Promise.all(
      awsIds.map((awsId) => {
        const [name = '', alias = ''] = awsId.split(':')
        return lambda.getAlias(call, name, alias)
      }),
    )
    return found.flatMap((alias) => (alias === undefined ? [] : [observeAlias(alias)]))
  },
  lifetime: { sweptEverySeconds: 300 },
  transitionalStates: [],
}
