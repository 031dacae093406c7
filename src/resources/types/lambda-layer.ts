import type { LambdaLayer } from '#aws/lambda.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'lambda.layer'

export const observeLayer = (layer: LambdaLayer): Observed => ({
  id: layer.arn,
  awsId: layer.name,
  type,
  service: 'lambda',
  account: layer.account,
  region: layer.region,
  name: layer.name,
  state: null,
  tags: {},
  // The code that is kept costs nothing.
  cost: null,
  summary: {
    latestVersion: layer.latestVersion,
    latestVersionArn: layer.latestVersionArn,
    description: layer.description,
    runtimes: layer.runtimes,
    createdAt: layer.createdAt,
  },
  config: layer.raw,
})

export const lambdaLayer: ResourceType = {
  type,
  service: 'lambda',
  iamActions: ['lambda:ListLayers', 'lambda:ListLayerVersions'],
  isAwsId: (awsId) => /^[\w-]{1,140}$/.test(awsId),
  awsIdOf: (resource) => /^layer:([^:]+)$/.exec(resource)?.[1] ?? null,
  list: async function* ({ aws, account, region, call }) {
    const lambda = await aws.lambda(account, region)
    for await (const page of lambda.listLayers(call)) yield page.map(observeLayer)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const lambda = await aws.lambda(account, region)
    const found = await Promise.all(awsIds.map((name) => lambda.getLayer(call, name)))
    return found.flatMap((layer) => (layer === undefined ? [] : [observeLayer(layer)]))
  },
  lifetime: { sweptEverySeconds: 600 },
  transitionalStates: [],
}
