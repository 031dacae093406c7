/**
 * What is measured: `one` has a single step; `three` has three, each durable before the next begins, in the way of the
 * engine that is fastest; `chained` is the same by a job a step, each of which enqueues the next one; `merged` is the same
 * by handlers that take as many tasks at once as there may be in flight, which then go on in lockstep.
 */
export type Kind = 'one' | 'three' | 'chained' | 'merged'

export const stepsOf = (kind: Kind): number => (kind === 'one' ? 1 : 3)

/** How many handlers every engine runs at once. */
export const concurrency = 50

/**
 * This engine needs no slot for a task that only waits for its commit, so it has up to eight times as many in flight. The peers
 * keep the slot; they are measured with as many slots, too.
 */
export const wideConcurrency = concurrency * 8

/** A task engine as the benchmark sees it: one process that files tasks and works on them. */
export type Contender = {
  /** Files one task with one call. Resolved means durable. */
  enqueue: (kind: Kind, id: string) => Promise<unknown>
  /** Files many in the fastest way that the engine has. */
  enqueueMany: (kind: Kind, ids: readonly string[]) => Promise<unknown>
  /** Files one task of so many items, each of three steps, where an engine has such tasks. */
  enqueueBulk?: (items: number) => Promise<unknown>
  startWorker: () => Promise<void>
  /** Told when others have their turn, by engines that would keep asking for work all the time. */
  rest?: (isResting: boolean) => void
  /** Whether anything is queued, in flight, or not yet recorded as done. */
  hasWork: () => Promise<boolean>
  stop: () => Promise<void>
}

/** Makes a contender on an empty database (or Redis). `onStep` is to be called when the handler of a step begins. */
export type CreateContender = (options: {
  url: string
  onStep: OnStep
}) => Promise<Contender & { kinds: readonly Kind[] }>

export type OnStep = (id: string, step: number) => void
