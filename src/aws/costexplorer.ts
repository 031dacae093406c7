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

/** Cost Explorer of an account. Every page of an answer is charged for. */
export type CostExplorer = {
  /**
   * What the resources of a service (by Cost Explorer's name) cost on the 14 days before this day (UTC), those that cost
   * nothing left out. Throws after `mostRequests` pages, and for costs in another currency.
   */
  costsOf: (
    call: Call,
    service: string,
    query: { today: string; mostRequests: number; onRequest: () => void },
  ) => Promise<MeasuredCost[]>
}
