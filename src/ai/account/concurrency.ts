import type { Account, Aws } from '#aws/cloud.ts'
import type { AccountForecast, ForecastLine } from '#contracts/account-forecast.ts'
import type { Clock } from '#platform/clock.ts'
import { failureText } from '../failure-text.ts'
import { lineOf, stepsIn } from './line.ts'

const hourMs = 3_600_000
const historyHours = 28 * 24
const aheadHours = 14 * 24

/** How many functions of a Region run at the same time, against what the account may: all of them share that. */
export const forecastConcurrency = async (
  { aws, clock }: { aws: Aws; clock: Clock },
  account: Account,
): Promise<Omit<AccountForecast, 'account' | 'kind' | 'madeAt'>> => {
  const toMs = Math.floor(clock.now().getTime() / hourMs) * hourMs
  const fromMs = toMs - historyHours * hourMs
  const lines: ForecastLine[] = []
  const notes: string[] = []
  for (const region of account.regions) {
    try {
      const { getMetricData } = await aws.cloudwatch(account, region)
      const [points = []] = await getMetricData(
        { priority: 'interactive' },
        {
          // Without a dimension: of all functions of the Region.
          queries: [
            {
              namespace: 'AWS/Lambda',
              name: 'ConcurrentExecutions',
              dimensions: {},
              statistic: 'Maximum',
              periodSeconds: 3600,
            },
          ],
          from: new Date(fromMs),
          to: new Date(toMs),
        },
      )
      if (points.length === 0) continue
      const { concurrency } = await (await aws.lambda(account, region)).limits({ priority: 'interactive' })
      lines.push(
        lineOf({
          name: 'Functions that run at the same time',
          region,
          unit: 'Count',
          stepSeconds: hourMs / 1000,
          fromMs,
          values: trimmed(stepsIn(points, { fromMs, toMs, stepMs: hourMs })),
          limit: { value: concurrency, falling: false, meaning: 'the concurrency of the account is used up' },
          horizon: aheadHours,
        }).line,
      )
    } catch (error) {
      // The other Regions are told all the same.
      notes.push(`${region}: ${failureText(error)}`)
    }
  }
  return { source: 'cloudwatch', lines, months: [], budget: null, note: notes.length === 0 ? null : notes.join(' ') }
}

/** An hour in which no function ran has no value: none ran at the same time. */
const trimmed = (values: readonly number[]): number[] => values.map((value) => (Number.isNaN(value) ? 0 : value))
