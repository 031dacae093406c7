import type { MetricForecast } from '#contracts/forecast.ts'

export type Limit = NonNullable<MetricForecast['limit']>

const percentFull = (what: string): Limit => ({ value: 100, falling: false, meaning: `${what} is full` })
const usedUp = (what: string): Limit => ({ value: 0, falling: true, meaning: `${what} are used up` })

/** Where what a metric measures is used up; null where it has no limit, or none that is known here. */
export const limitOf = (metric: string, summary: Record<string, unknown>): Limit | null => {
  switch (metric) {
    case 'disk_used_percent':
      return percentFull('the disk')
    case 'mem_used_percent':
      return percentFull('the memory')
    case 'CPUCreditBalance':
      return usedUp('the CPU credits')
    case 'BurstBalance':
      return usedUp('the burst credits')
    case 'ConcurrentExecutions': {
      // Without a reservation it shares the account's concurrency with all others: its own metric doesn't say when that ends.
      const reserved = summary['reservedConcurrency']
      return typeof reserved === 'number' && reserved > 0
        ? { value: reserved, falling: false, meaning: 'the reserved concurrency is used up' }
        : null
    }
    default:
      return null
  }
}

/** Credits are gone within hours: they are looked at by quarters of an hour, and not far ahead. */
export const isBalance = (metric: string): boolean => metric === 'CPUCreditBalance' || metric === 'BurstBalance'
