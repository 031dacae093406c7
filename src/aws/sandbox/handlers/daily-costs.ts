import type { GetCostAndUsageCommandInput, GetCostAndUsageCommandOutput } from '@aws-sdk/client-cost-explorer'
import type { Partition } from '../estate/partitions.ts'
import { billedKinds, dateOf, dayMs } from './billed.ts'
import type { Billed, BilledKind } from './billed.ts'
import type { Handler, HandlerContext } from './context.ts'
import { invalid, valuesOf } from './costs.ts'

/** Of a kind in an account and Region so many are added up; where there are more, those stand for the rest. */
const mostAdded = 300
const longestDays = 425

/** https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html */
export const getCostAndUsage: Handler<GetCostAndUsageCommandInput, GetCostAndUsageCommandOutput> = (input, context) => {
  const { metric, days } = checked(input, context.nowMs)
  const linked = valuesOf(input, 'LINKED_ACCOUNT')
  const partitions =
    linked?.includes(context.account) === false
      ? []
      : context.world.estate.partitions.filter(({ account }) => account === context.account)
  const services = Object.entries(billedKinds).map(([service, kind]) => ({
    service,
    parts: partitions.map((partition) => sumOf(kind, partition, context)),
  }))
  return {
    GroupDefinitions: input.GroupBy,
    ResultsByTime: days.map((atMs) => ({
      TimePeriod: { Start: dateOf(atMs), End: dateOf(atMs + dayMs) },
      Total: {},
      Groups: services.flatMap(({ service, parts }) => {
        const usd = parts.reduce((sum, usdOf) => sum + usdOf(atMs), 0)
        return usd === 0 ? [] : [{ Keys: [service], Metrics: { [metric]: { Amount: usd.toFixed(10), Unit: 'USD' } } }]
      }),
      Estimated: atMs > context.nowMs - 2 * dayMs,
    })),
    DimensionValueAttributes: [],
  }
}

/** What all of a kind in an account and Region cost on a day. */
const sumOf = (kind: BilledKind, partition: Partition, context: HandlerContext): ((dayAtMs: number) => number) => {
  const own = { ...context, partition, region: partition.region }
  const all = kind.count(partition)
  const count = Math.min(all, mostAdded)
  const some = Array.from({ length: count }, (_, n) => kind.at(Math.floor((n * all) / count), own))
  const there = some.filter((one): one is Billed => one !== undefined)
  const extra = (atMs: number): number =>
    context.world.calendar.between(atMs, atMs + dayMs).reduce((sum, { kind: what, account, region, name }) => {
      if (what !== 'runaway-cost' || account !== partition.account || region !== partition.region) return sum
      const position = kind.positionOf?.(name, own)
      return sum + (position === undefined ? 0 : (kind.at(position, own)?.extraUsd?.(atMs) ?? 0))
    }, 0)
  const share = count === 0 ? 0 : all / count
  return (atMs) => there.reduce((sum, { usd }) => sum + usd(atMs), 0) * share + extra(atMs)
}

const checked = (input: GetCostAndUsageCommandInput, nowMs: number) => {
  const { TimePeriod: period, Granularity, Metrics: [metric, ...others] = [], GroupBy: [group] = [] } = input
  const [fromMs, untilMs] = [Date.parse(period?.Start ?? ''), Date.parse(period?.End ?? '')]
  if (!(fromMs < untilMs)) throw invalid('Start date (and hour) should be before end date (and hour)')
  if (fromMs < nowMs - longestDays * dayMs) throw invalid("You haven't enabled historical data beyond 14 months")
  if (Granularity !== 'DAILY') throw invalid('The sandbox tells costs by day only.')
  if (metric === undefined || others.length > 0) throw invalid('The sandbox tells one metric at a time.')
  if (group?.Type !== 'DIMENSION' || group.Key !== 'SERVICE') throw invalid('The sandbox groups costs by SERVICE only.')
  const days = Array.from({ length: Math.ceil((untilMs - fromMs) / dayMs) }, (_, n) => fromMs + n * dayMs)
  return { metric, days: days.filter((atMs) => atMs < nowMs) }
}
