import type { Driver } from './sdk.ts'

/** A change that is run on all targets: by this engine, or by a script with the SDK alone. */
export type Scenario = {
  name: string
  title: string
  operation: string
  params: (round: string) => Record<string, unknown>
  /** The call with the effect, which is counted. */
  action: 'StopInstances' | 'StartInstances' | 'CreateTags'
  /** What the instances are before. */
  begins: 'running' | 'stopped'
  /** Cloud seconds that no client can do without: (targets - capacity) / refill of the narrowest bucket. */
  floorSeconds: (targets: number) => number
  /** Two of the four workers are killed when half of the targets are done. */
  isKilled?: true
  /** Another tool takes that share of the refill. */
  neighbourShare?: number
  /** A script with the SDK in that mode runs instead of this engine. */
  driver?: Driver
}

// https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
const stop = {
  operation: 'ec2.stop',
  params: () => ({}),
  action: 'StopInstances',
  begins: 'running',
  floorSeconds: (targets: number) => Math.max(0, (targets - 1000) / 20),
} as const
const start = {
  operation: 'ec2.start',
  params: () => ({}),
  action: 'StartInstances',
  begins: 'stopped',
  floorSeconds: (targets: number) => Math.max(0, (targets - 1000) / 2),
} as const
const tag = {
  operation: 'ec2.tag',
  params: (round: string) => ({ tags: { bench: round } }),
  action: 'CreateTags',
  begins: 'running',
  floorSeconds: () => 0,
} as const

export const scenarios: readonly Scenario[] = [
  { name: 'stop', title: 'Stop', ...stop },
  { name: 'start', title: 'Start', ...start },
  { name: 'tags', title: 'Tags', ...tag },
  { name: 'stop-killed', title: 'Stop, two of four workers killed half-way', ...stop, isKilled: true },
  { name: 'start-killed', title: 'Start, two of four workers killed half-way', ...start, isKilled: true },
  {
    name: 'stop-neighbour',
    title: 'Stop, a neighbour takes half the refill',
    ...stop,
    neighbourShare: 0.5,
    floorSeconds: (targets) => Math.max(0, (targets - 1000) / 10),
  },
  {
    name: 'sdk-stop-standard',
    title: 'Stop, SDK standard mode, one id a call',
    ...stop,
    driver: { mode: 'standard', batch: 1 },
  },
  {
    name: 'sdk-stop-adaptive',
    title: 'Stop, SDK adaptive mode, 50 ids a call',
    ...stop,
    driver: { mode: 'adaptive', batch: 50 },
  },
  {
    name: 'sdk-start-standard',
    title: 'Start, SDK standard mode, one id a call',
    ...start,
    driver: { mode: 'standard', batch: 1 },
  },
  {
    name: 'sdk-start-adaptive',
    title: 'Start, SDK adaptive mode, 50 ids a call',
    ...start,
    driver: { mode: 'adaptive', batch: 50 },
  },
]
