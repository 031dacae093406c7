export type Sizes = {
  warmUp: number
  enqueues: number
  /** A slow engine is stopped after this; the rate is what counts. */
  longestEnqueueSeconds: number
  tasks: number
  workflows: number
  /** A job a step is slow everywhere. */
  chained: number
  /** Items of one task. */
  bulkItems: number
  idleSamples: number
  offeredPerSecond: number
  offeredSeconds: number
  rawRows: number
  rawCommits: number
}

export const fullSizes: Sizes = {
  warmUp: 500,
  enqueues: 10_000,
  longestEnqueueSeconds: 3,
  tasks: 10_000,
  workflows: 2_000,
  chained: 500,
  bulkItems: 5_000,
  idleSamples: 300,
  offeredPerSecond: 1_000,
  offeredSeconds: 3,
  rawRows: 500_000,
  rawCommits: 20_000,
}

export const quickSizes: Sizes = {
  warmUp: 200,
  enqueues: 1_000,
  longestEnqueueSeconds: 2,
  tasks: 1_000,
  workflows: 300,
  chained: 100,
  bulkItems: 1_000,
  idleSamples: 50,
  offeredPerSecond: 1_000,
  offeredSeconds: 1,
  rawRows: 50_000,
  rawCommits: 2_000,
}
