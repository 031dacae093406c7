import type { Account } from '#aws/cloud.ts'
import type { AccountForecast, ForecastLine } from '#contracts/account-forecast.ts'
import type { ForecastQuery, MetricForecast } from '#contracts/forecast.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { ReadMetrics } from '../forecasts/forecasts.ts'
import type { Candidates } from './storage.ts'

const stepMs = 900_000
const shownMs = 24 * 3_600_000
const mostInstances = 100
/** Those that fall fastest are looked at closely. */
const mostForecasts = 10
/** So many steps back a balance has to have been higher. */
const lookedBack = 4

type Balance = {
  id: string
  name: string | null
  region: string
  points: { at: string; value: number }[]
  hoursLeft: number
}

/** Burstable instances whose CPU credits are being used up, those first whose end is nearest. */
export const forecastCredits = async (
  deps: {
    clock: Clock
    metrics: ReadMetrics
    candidates: Candidates
    forecast: (principal: Principal, query: ForecastQuery) => Promise<MetricForecast>
  },
  principal: Principal,
  account: Account,
): Promise<Omit<AccountForecast, 'account' | 'kind' | 'madeAt'>> => {
  const { clock, metrics, candidates, forecast } = deps
  const toMs = Math.floor(clock.now().getTime() / stepMs) * stepMs
  const time = { from: new Date(toMs - shownMs).toISOString(), to: new Date(toMs).toISOString(), period: stepMs / 1000 }
  const instances = await candidates(account.id, 'burstable', mostInstances)
  const balances = await Promise.all(
    instances.map(async (one): Promise<Balance> => {
      // One that is gone, or that the reader may not read, is left out.
      const read = await metrics(principal, one.id, { name: 'CPUCreditBalance', points: 1500, ...time }).catch(
        () => undefined,
      )
      const points = read?.series[0]?.points ?? []
      return { ...one, points, hoursLeft: hoursLeftOf(points.map(({ value }) => value)) }
    }),
  )
  const measured = balances.filter(({ points }) => points.length > 0)
  const falling = measured
    .filter(({ hoursLeft }) => Number.isFinite(hoursLeft))
    .toSorted((a, b) => a.hoursLeft - b.hoursLeft)
    .slice(0, mostForecasts)
  const lines: ForecastLine[] = []
  for (const { id, name, region, points } of falling) {
    const made = await forecast(principal, { resource: id, metric: 'CPUCreditBalance' })
    lines.push({
      name: 'CPU credits',
      region,
      resource: { id, name },
      unit: made.unit,
      stepSeconds: made.stepSeconds,
      history: points,
      points: made.points,
      method: made.method,
      limit: made.limit,
      exhaustion: made.exhaustion,
      monthlyUsd: null,
      unknown: made.unknown,
      because: made.because,
    })
  }
  const ending = lines.filter(({ exhaustion }) => exhaustion !== null && exhaustion.status !== 'not_within')
  const endOf = ({ exhaustion }: ForecastLine): string => exhaustion?.expected ?? exhaustion?.earliest ?? ''
  return {
    source: 'cloudwatch',
    lines: ending.toSorted((a, b) => (endOf(a) < endOf(b) ? -1 : 1)),
    months: [],
    budget: null,
    note:
      `Of ${measured.length} burstable instances that are running, ${ending.length === 0 ? 'none is' : ending.length === 1 ? 'one is' : `${ending.length} are`} expected to use up the CPU credits within two days.` +
      (instances.length === mostInstances ? ` Only the ${mostInstances} most expensive ones are looked at.` : ''),
  }
}

/** How long a balance lasts at the pace of its last hour; Infinity where it does not fall. */
const hoursLeftOf = (values: readonly number[]): number => {
  const [last, before] = [values.at(-1), values.at(-1 - lookedBack)]
  if (last === undefined) return Infinity
  if (last <= 0) return 0
  if (before === undefined || before <= last) return Infinity
  return last / ((before - last) / ((lookedBack * stepMs) / 3_600_000))
}
