import type {
  CostExplorerClient,
  Expression,
  GetCostAndUsageWithResourcesCommandInput,
  ResultByTime,
} from '@aws-sdk/client-cost-explorer'
import type { Call } from '../call.ts'
import { measuredDays } from '../costexplorer.ts'
import type { Asking, CostExplorer, MeasuredCost, ResourceDays } from '../costexplorer.ts'
import { AwsFailure } from '../failure.ts'
import type { Send } from '../send/send.ts'

/** What was paid ahead (reservations, savings plans) counts on the days on which it is used. */
const metric = 'AmortizedCost'
/** Costs that belong to no single resource. */
const noResource = 'NoResourceId'
const dayMs = 86_400_000

/**
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsageWithResources.html
 * https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html
 */
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
}): CostExplorer => {
  // An account that pays for others would answer for all of them.
  const own: Expression = { Dimensions: { Key: 'LINKED_ACCOUNT', Values: [account] } }
  const periodOf = (today: string, days: number) => ({ Start: day(Date.parse(today) - days * dayMs), End: today })

  const resourceDays = async (call: Call, service: string, asking: Asking): Promise<ResourceDays[]> => {
    const input: GetCostAndUsageWithResourcesCommandInput = {
      TimePeriod: periodOf(asking.today, measuredDays),
      Granularity: 'DAILY',
      Metrics: [metric],
      GroupBy: [{ Type: 'DIMENSION', Key: 'RESOURCE_ID' }],
      Filter: { And: [{ Dimensions: { Key: 'SERVICE', Values: [service] } }, own] },
    }
    const found = new Map<string, ResourceDays>()
    const ask = async (token: string | undefined) => {
      const command = new sdk.GetCostAndUsageWithResourcesCommand({
        ...input,
        ...(token === undefined ? {} : { NextPageToken: token }),
      })
      return send({ action: 'GetCostAndUsageWithResources', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
    }
    for await (const { name, at, usd } of costsIn(ask, asking, `The costs of ${service}`)) {
      const one = found.get(name) ?? { resource: name, usd: new Map() }
      found.set(name, one)
      one.usd.set(at, (one.usd.get(at) ?? 0) + usd)
    }
    return [...found.values()]
  }

  return {
    resourceDays,
    costsOf: async (call, service, asking) =>
      (await resourceDays(call, service, asking)).map(({ resource, usd }): MeasuredCost => {
        const firstMs = Math.min(...[...usd.keys()].map((at) => Date.parse(at)))
        return {
          resource,
          usd: [...usd.values()].reduce((sum, one) => sum + one, 0),
          days: (Date.parse(asking.today) - firstMs) / dayMs,
        }
      }),
    dailyCosts: async (call, { days, ...asking }) => {
      const ask = async (token: string | undefined) => {
        const command = new sdk.GetCostAndUsageCommand({
          TimePeriod: periodOf(asking.today, days),
          Granularity: 'DAILY',
          Metrics: [metric],
          GroupBy: [{ Type: 'DIMENSION', Key: 'SERVICE' }],
          Filter: own,
          ...(token === undefined ? {} : { NextPageToken: token }),
        })
        return send({ action: 'GetCostAndUsage', effect: 'read', call }, command, (options) =>
          client.send(command, options),
        )
      }
      const found: { day: string; service: string; usd: number }[] = []
      for await (const { name, at, usd } of costsIn(ask, asking, 'The costs by day'))
        found.push({ day: at, service: name, usd })
      return found
    },
  }
}

type Page = { ResultsByTime?: ResultByTime[] | undefined; NextPageToken?: string | undefined }

/** What groups cost on days, page by page; what cost nothing is left out. */
async function* costsIn(
  ask: (token: string | undefined) => Promise<Page>,
  { mostRequests, onRequest }: Asking,
  what: string,
): AsyncGenerator<{ name: string; at: string; usd: number }> {
  let token: string | undefined
  let requests = 0
  do {
    if (++requests > mostRequests) throw failure('TooManyPages', `${what} have more than ${mostRequests} pages.`)
    onRequest()
    const page = await ask(token)
    for (const { TimePeriod: period, Groups: groups } of page.ResultsByTime ?? []) {
      const at = period?.Start ?? ''
      for (const { Keys: [name] = [], Metrics: metrics } of groups ?? []) {
        const { Amount: amount, Unit: unit } = metrics?.[metric] ?? {}
        const usd = Number(amount)
        if (name === undefined || name === '' || !Number.isFinite(usd) || usd === 0) continue
        if (Number.isNaN(Date.parse(at)) || name === noResource) continue
        if (unit !== 'USD')
          throw failure('OtherCurrency', `Cost Explorer answers in ${unit}; costs here are in US dollars.`)
        yield { name, at, usd }
      }
    }
    token = page.NextPageToken
  } while (token)
}

const failure = (code: string, message: string): AwsFailure =>
  new AwsFailure({ kind: 'permanent', code, message, service: 'costexplorer', action: 'GetCostAndUsage' })

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10)

/** Cost Explorer has one endpoint in each partition of AWS. https://docs.aws.amazon.com/general/latest/gr/billing.html */
export const costExplorerRegion = (partition: string): string =>
  partition === 'aws-cn' ? 'cn-northwest-1' : 'us-east-1'
