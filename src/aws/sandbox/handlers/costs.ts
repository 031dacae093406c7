import type {
  GetCostAndUsageWithResourcesCommandInput,
  GetCostAndUsageWithResourcesCommandOutput,
  Group,
} from '@aws-sdk/client-cost-explorer'
import { awsError } from '../aws-error.ts'
import { fromToken, toToken } from '../names.ts'
import { billedKinds, dateOf, dayMs } from './billed.ts'
import type { Billed } from './billed.ts'
import type { Handler } from './context.ts'

const longestDays = 14
/** Resources of a page; AWS publishes no number. */
const pageSize = 500

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsageWithResources.html */
export const getCostAndUsageWithResources: Handler<
  GetCostAndUsageWithResourcesCommandInput,
  GetCostAndUsageWithResourcesCommandOutput
> = (input, context) => {
  const { metric, days } = checked(input, context.nowMs)
  const [service, linked] = [valuesOf(input, 'SERVICE'), valuesOf(input, 'LINKED_ACCOUNT')]
  if (service?.length !== 1) throw invalid('The sandbox needs a filter by one SERVICE.')
  // Of other services nobody has turned on costs by resource: they answer with nothing.
  const named = billedKinds[service[0] ?? '']
  const kind = named?.isByResource === true ? named : undefined
  const partitions =
    kind === undefined || linked?.includes(context.account) === false
      ? []
      : context.world.estate.partitions.filter(({ account }) => account === context.account)

  const from = input.NextPageToken === undefined ? 0 : Number(fromToken(input.NextPageToken) ?? Number.NaN)
  if (!Number.isSafeInteger(from)) throw awsError('InvalidNextTokenException', 'The pagination token is invalid.')
  const billed: Billed[] = []
  let [position, passed] = [from, 0]
  for (const partition of partitions) {
    // A partition is there only where there is a kind.
    const count = kind!.count(partition)
    for (; position < passed + count && billed.length < pageSize; position++) {
      const one = kind!.at(position - passed, { ...context, partition, region: partition.region })
      if (one !== undefined) billed.push(one)
    }
    passed += count
  }
  return {
    GroupDefinitions: input.GroupBy,
    ResultsByTime: days.map((atMs) => ({
      TimePeriod: { Start: dateOf(atMs), End: dateOf(atMs + dayMs) },
      Total: {},
      Groups: billed.flatMap((one) => groupOf(one, atMs, metric)),
      Estimated: true,
    })),
    DimensionValueAttributes: [],
    ...(position < passed ? { NextPageToken: toToken(String(position)) } : {}),
  }
}

const groupOf = ({ resource, usd, extraUsd }: Billed, atMs: number, metric: string): Group[] => {
  const amount = usd(atMs) + (extraUsd?.(atMs) ?? 0)
  return amount === 0 ? [] : [{ Keys: [resource], Metrics: { [metric]: { Amount: amount.toFixed(10), Unit: 'USD' } } }]
}

const checked = (input: GetCostAndUsageWithResourcesCommandInput, nowMs: number) => {
  const { TimePeriod: period, Granularity, Metrics: [metric, ...others] = [], GroupBy: [group] = [] } = input
  const [fromMs, untilMs] = [Date.parse(period?.Start ?? ''), Date.parse(period?.End ?? '')]
  if (!(fromMs < untilMs)) throw invalid('Start date (and hour) should be before end date (and hour)')
  const today = Math.floor(nowMs / dayMs) * dayMs
  if (fromMs < today - longestDays * dayMs) throw invalid('Data is limited to the last 14 days')
  if (Granularity !== 'DAILY') throw invalid('The sandbox tells costs by day only.')
  if (metric === undefined || others.length > 0) throw invalid('The sandbox tells one metric at a time.')
  if (group?.Type !== 'DIMENSION' || group.Key !== 'RESOURCE_ID')
    throw invalid('Group by or filter by RESOURCE_ID is required.')
  const days = Array.from({ length: Math.ceil((untilMs - fromMs) / dayMs) }, (_, n) => fromMs + n * dayMs)
  return { metric, days }
}

/** The values of a dimension in the filter, alone or among others that all have to hold. */
export const valuesOf = (
  { Filter: filter }: { Filter?: GetCostAndUsageWithResourcesCommandInput['Filter'] },
  key: string,
): string[] | undefined =>
  [filter, ...(filter?.And ?? [])].find((one) => one?.Dimensions?.Key === key)?.Dimensions?.Values

export const invalid = (message: string): Error => awsError('ValidationException', message)
