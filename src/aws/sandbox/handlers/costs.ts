import type {
  GetCostAndUsageWithResourcesCommandInput,
  GetCostAndUsageWithResourcesCommandOutput,
  Group,
} from '@aws-sdk/client-cost-explorer'
import { monthlyUsdOfInstance, monthlyUsdOfVolume } from '../../prices.ts'
import { awsError } from '../aws-error.ts'
import type { Partition } from '../estate/partitions.ts'
import { fraction } from '../estate/random.ts'
import { fromToken, toToken } from '../names.ts'
import { ranAt } from '../power.ts'
import { isDeleted } from './attachment.ts'
import type { Handler, HandlerContext } from './context.ts'
import { iopsOf } from './describe-volumes.ts'
import { isShown } from './instance-ids.ts'

const dayMs = 86_400_000
const longestDays = 14
/** 365 days in twelve months. */
const daysInAMonth = 365 / 12
/** Resources of a page; AWS publishes no number. */
const pageSize = 500
/** A Spot instance costs about a third. */
const spotShare = 0.35

/** What one resource cost on a day; undefined where nothing stands at that position any more. */
type Billed = { resource: string; usd: (dayAtMs: number) => number }
type Kind = {
  count: (partition: Partition) => number
  at: (position: number, context: HandlerContext) => Billed | undefined
}

const instances: Kind = {
  count: ({ instances }) => instances,
  at: (position, context) => {
    const { world, partition } = context
    const instance = world.estate.instance(partition, position)
    if (!isShown(instance, context)) return undefined
    const power = world.power(instance)
    const price = monthlyUsdOfInstance(world.instanceType(instance), partition.region, 'running') ?? 0
    const share = (instance.fleet.isSpot ? spotShare : 1) * discountOf(context, position, 301)
    return {
      resource: instance.id,
      usd: (atMs) => (ranAt(power, atMs + dayMs / 2) ? (price * share) / daysInAMonth : 0),
    }
  },
}

const volumes: Kind = {
  count: ({ volumes }) => volumes,
  at: (position, context) => {
    const { world, partition } = context
    const volume = world.estate.volume(partition, position)
    if (isDeleted(volume, context)) return undefined
    const price = monthlyUsdOfVolume({ ...volume, iops: iopsOf(volume) ?? null }, partition.region) ?? 0
    const share = discountOf(context, position, 302)
    return {
      resource: volume.id,
      usd: (atMs) => (atMs + dayMs > volume.createdMs ? (price * share) / daysInAMonth : 0),
    }
  },
}

/** Of other services nobody has turned on costs by resource: they answer with nothing. */
const kinds: Record<string, Kind> = {
  'Amazon Elastic Compute Cloud - Compute': instances,
  'EC2 - Other': volumes,
}

/** What the company pays of list prices: all of it, or with a discount of up to 17 %. */
const discountOf = ({ world, partition }: HandlerContext, position: number, salt: number): number => {
  const dice = fraction(world.estate.seed, partition.number, position, salt)
  return dice < 0.4 ? 1 : 0.72 + dice * 0.28
}

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsageWithResources.html */
export const getCostAndUsageWithResources: Handler<
  GetCostAndUsageWithResourcesCommandInput,
  GetCostAndUsageWithResourcesCommandOutput
> = (input, context) => {
  const { metric, days } = checked(input, context.nowMs)
  const [service, linked] = [valuesOf(input, 'SERVICE'), valuesOf(input, 'LINKED_ACCOUNT')]
  if (service?.length !== 1) throw invalid('The sandbox needs a filter by one SERVICE.')
  const kind = kinds[service[0] ?? '']
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

const groupOf = ({ resource, usd }: Billed, atMs: number, metric: string): Group[] => {
  const amount = usd(atMs)
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
const valuesOf = ({ Filter: filter }: GetCostAndUsageWithResourcesCommandInput, key: string): string[] | undefined =>
  [filter, ...(filter?.And ?? [])].find((one) => one?.Dimensions?.Key === key)?.Dimensions?.Values

const invalid = (message: string): Error => awsError('ValidationException', message)

const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
