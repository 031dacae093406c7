import type { Call } from './call.ts'

/** What one resource has cost. */
export type MeasuredCost = {
  /** As bills name it: an ARN, or an id or a bucket's name alone. */
  resource: string
  usd: number
  /** The days from the first one on which it cost anything to the last one that was asked for, both included. */
  days: number
}

/** How far back AWS tells costs of single resources. */
export const measuredDays = 14

/** What one service has cost on one day. */
export type DailyCost = { day: string; service: string; usd: number }

/** What one resource has cost on each of the days that were asked for, by day; those on which it cost nothing left out. */
export type ResourceDays = { resource: string; usd: Map<string, number> }

/** What a question may cost: throws after so many pages, and tells of each. */
export type Asking = { today: string; mostRequests: number; onRequest: () => void }

/** Cost Explorer of an account. Every page of an answer is charged for. */
export type CostExplorer = {
  /**
   * What the resources of a service (by Cost Explorer's name) cost on the 14 days before this day (UTC), those that cost
   * nothing left out. Throws after `mostRequests` pages, and for costs in another currency.
   */
  costsOf: (call: Call, service: string, query: Asking) => Promise<MeasuredCost[]>
  /** The same, day by day. */
  resourceDays: (call: Call, service: string, query: Asking) => Promise<ResourceDays[]>
  /** What each service cost on each of the `days` before this one (UTC), in USD. AWS has 14 months. */
  dailyCosts: (call: Call, query: Asking & { days: number }) => Promise<DailyCost[]>
}
