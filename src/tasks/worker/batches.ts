import type { Operation, Step } from '../operation.ts'
import type { HeldItem } from './held-item.ts'

/** Items that one call can serve: same operation, parameters and step, same account and Region. */
export type Batch = {
  operation: Operation
  step: Step
  account: string
  region: string
  /** Somebody waits for it: a task of few items, or one that was given a priority. */
  isInteractive: boolean
  items: HeldItem[]
}

/** A target (its ARN), the task that worked on it just now, and for how long it has, in wall time. */
export type Changed = { id: string; taskId: string; forSeconds: number }
/** What has changed in AWS, all of one account, Region and type. */
export type Effects = { account: string; region: string; type: string; by: Changed[] }

/** A task of more items than this is work in bulk: it gives way at the quota to one that somebody waits for. */
const fewItems = 20

const isInteractive = ({ priority, taskItems }: HeldItem): boolean =>
  priority > 0 || (priority === 0 && taskItems <= fewItems)

/** Most ids that one describe takes in a filter; checks and waits read, they don't act. */
const mostReadTargets = 200

/** Sorts claimed items into batches, in the order they were claimed. `operationOf` is null for what this process can't run. */
export const intoBatches = (
  items: readonly HeldItem[],
  operationOf: (item: HeldItem) => Operation | null,
): { batches: Batch[]; strangers: HeldItem[] } => {
  const open = new Map<string, Batch>()
  const paramsId = createIds()
  const batches: Batch[] = []
  const strangers: HeldItem[] = []
  for (const item of items) {
    const operation = operationOf(item)
    const step = operation?.steps[item.step]
    if (!operation || !step) {
      strangers.push(item)
      continue
    }
    const key = `${paramsId(item.params)}\n${placeOf(item)}`
    const batch = open.get(key)
    if (batch && batch.items.length < mostIn(operation, step, item.isCompensating)) {
      batch.items.push(item)
      continue
    }
    const { account, region } = item
    const fresh: Batch = { operation, step, account, region, isInteractive: isInteractive(item), items: [item] }
    open.set(key, fresh)
    batches.push(fresh)
  }
  return { batches, strangers }
}

/**
 * Tasks of which a worker has enough in hand: a large one, most of whose batches stand in line for quota, must not keep the
 * tasks of others from their turn. A quarter of the concurrency each; less where several share more than half of it.
 */
export const fullTasks = (inHand: readonly Batch[], concurrency: number): string[] => {
  const counts = new Map<string, number>()
  for (const { isInteractive: isWaitedFor, items } of inHand) {
    const taskId = items[0]?.taskId
    if (!isWaitedFor && taskId !== undefined) counts.set(taskId, (counts.get(taskId) ?? 0) + 1)
  }
  const share = Math.max(1, Math.floor(Math.min(concurrency / 4, concurrency / 2 / counts.size)))
  return [...counts].filter(([, count]) => count >= share).map(([taskId]) => taskId)
}

/**
 * How many items may take a step together. A batch goes on together from its first step to the next wait, so acting steps
 * ahead bound its size; only waits are asked about more.
 */
export const mostIn = (operation: Operation, step: Step, isCompensating: boolean): number =>
  step.kind === 'wait' && !isCompensating ? mostReadTargets : Math.min(operation.batchSize, mostReadTargets)

const placeOf = (item: HeldItem): string =>
  [item.operation, item.account, item.region, item.step, item.isCompensating, isInteractive(item)].join('\n')

/**
 * A number for each value, the same for equal ones. The items of one claim share the object of their task's parameters, and
 * those of a bulk task may be long: they are written out once, not for each item.
 */
const createIds = (): ((value: object) => number) => {
  const byObject = new Map<object, number>()
  const byText = new Map<string, number>()
  return (value) => {
    const known = byObject.get(value)
    if (known !== undefined) return known
    const text = JSON.stringify(value)
    const id = byText.get(text) ?? byText.size
    byText.set(text, id)
    byObject.set(value, id)
    return id
  }
}
