import type {
  CostExplorerClient,
  GetCostAndUsageWithResourcesCommandInput,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer'
import { measuredDays } from '../costexplorer.ts'
import type { CostExplorer, MeasuredCost } from '../costexplorer.ts'
import { AwsFailure } from '../failure.ts'
import type { Send } from '../send/send.ts'

const action = 'GetCostAndUsageWithResources'
/** What was paid ahead (reservations, savings plans) counts on the days on which it is used. */
const metric = 'AmortizedCost'
/** Costs that belong to no single resource. */
const noResource = 'NoResourceId'
const dayMs = 86_400_000

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsageWithResources.html */
export const createCostExplorer = ({
  sdk,
  client,
  send,
  account,
}: {
  sdk: typeof import('@aws-sdk/client-cost-explorer')
  client: CostExplorerClient
  send: Send
  account: string
}): CostExplorer => ({
  costsOf: async (call, service, { today, mostRequests, onRequest }) => {
    const endMs = Date.parse(today)
    const input: GetCostAndUsageWithResourcesCommandInput = {
      TimePeriod: { Start: day(endMs - measuredDays * dayMs), End: today },
      Granularity: 'DAILY',
      Metrics: [metric],
      GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
      Filter: {
        And: [
          { Dimensions: { Key: 'SERVICE', Values: [service] } },
          // An account that pays for others would answer for all of them.
          { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [account] } },
        ],
      },
    }
    const found = new Map<string, { usd: number; firstMs: number }>()
    let token: string | undefined
    let requests = 0
    do {
      if (++requests > mostRequests)
        throw failure('TooManyPages', `The costs of ${service} have more than ${mostRequests} pages.`)
      onRequest()
      const command = new sdk.GetCostAndUsageWithResourcesCommand({
        ...input,
        ...(token === undefined ? {} : { NextPageToken: token }),
      })
      const output = await send({ action, effect: 'read', call }, command, (options) => client.send(command, options))
      for (const result of output.ResultsByTime ?? []) add(found, result)
      token = output.NextPageToken
    } while (token)
    return [...found].map(([resource, { usd, firstMs }]): MeasuredCost => ({
      resource,
      usd,
      days: (endMs - firstMs) / dayMs,
    }))
  },
})

const add = (
  found: Map<string, { usd: number; firstMs: number }>,
  { TimePeriod: period, Groups: groups }: ResultByTime,
): void => {
  const startMs = Date.parse(period?.Start ?? '')
  for (const { Keys: [resource] = [], Metrics: metrics } of groups ?? []) {
    const { Amount: amount, Unit: unit } = metrics?.[metric] ?? {}
    const usd = Number(amount)
    if (resource === undefined || resource === '' || resource === noResource) continue
    if (!Number.isFinite(usd) || usd === 0 || Number.isNaN(startMs)) continue
    if (unit !== 'USD')
      throw failure('OtherCurrency', `Cost Explorer answers in ${unit}; costs here are in US dollars.`)
    const sum = found.get(resource) ?? { usd: 0, firstMs: startMs }
    found.set(resource, { usd: sum.usd + usd, firstMs: Math.min(sum.firstMs, startMs) })
  }
}

const failure = (code: string, message: string): AwsFailure =>
  new AwsFailure({ kind: 'permanent', code, message, service: 'costexplorer', action })

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Cost Explorer has one endpoint in each partition of AWS. https://docs.aws.amazon.com/general/latest/gr/billing.html */
export const costExplorerRegion = (partition: string): string =>
  partition === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1'
