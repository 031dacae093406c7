import type { EventSourceMapping } from '#aws/lambda.ts'
import type { Observed, ResourceType } from './resource-type.ts'

const type = 'lambda.event-source'

export const observeEventSource = (mapping: EventSourceMapping): Observed => ({
  id: mapping.arn,
  awsId: mapping.id,
  type,
  service: 'lambda',
  account: mapping.account,
  region: mapping.region,
  // "orders-queue to orders-consumer" says more than its UUID.
  name: nameOf(mapping),
  state: mapping.state,
  tags: {},
  cost: null,
  summary: {
    functionArn: mapping.functionArn,
    eventSourceArn: mapping.eventSourceArn,
    batchSize: mapping.batchSize,
    lastModifiedAt: mapping.lastModifiedAt,
    lastResult: mapping.lastResult,
  },
  config: mapping.raw,
})

const nameOf = ({ eventSourceArn, functionArn }: EventSourceMapping): string | null => {
  if (eventSourceArn === null || functionArn === null) return null
  const source = eventSourceArn.split(/[:/]/).at(-1) ?? ''
  const target = /:function:(.+)$/.exec(functionArn)?.[1] ?? ''
  return `${source} to ${target}`
}

export const lambdaEventSource: ResourceType = {
  type,
  service: 'lambda',
  iamActions: ['lambda:ListEventSourceMappings', 'lambda:GetEventSourceMapping'],
  isAwsId: (awsId) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(awsId),
  awsIdOf: (resource) => /^event-source-mapping:(.+)$/.exec(resource)?.[1] ?? null,
  list: async function* ({ aws, account, region, call }) {
    const lambda = await aws.lambda(account, region)
    for await (const page of lambda.listEventSources(call)) yield page.map(observeEventSource)
  },
  describe: async ({ aws, account, region, call }, awsIds) => {
    const lambda = await aws.lambda(account, region)
    const found = await Promise.all(awsIds.map((id) => lambda.getEventSource(call, id)))
    return found.flatMap((mapping) => (mapping === undefined ? [] : [observeEventSource(mapping)]))
  },
  noise: ['summary.lastResult', 'config.LastProcessingResult'],
  transitionalStates: ['Creating', 'Enabling', 'Disabling', 'Updating', 'Deleting'],
}
