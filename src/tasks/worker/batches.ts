import type { Operation, Step } from '../operation.ts'
import type { HeldItem } from './held-item.ts'

/** Items that one call can serve: same operation, parameters and step, same account and Region. */
export type Batch = {
  operation: Operation
  step: Step
  account: string
  region: string
  priority: number
  items: HeldItem[]
}

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
    const { account, region, priority } = item
    const fresh: Batch = { operation, step, account, region, priority, items: [item] }
    open.set(key, fresh)
    batches.push(fresh)
  }
  return { batches, strangers }
}

/**
 * How many items may take a step together. A batch goes on together from its first step to the next wait, so acting steps
 * ahead bound its size; only waits are asked about more.
 */
export const mostIn = (operation: Operation, step: Step, isCompensating: boolean): number =>
  step.kind === 'wait' && !isCompensating ? mostReadTargets : Math.min(operation.batchSize, mostReadTargets)

const placeOf = (item: HeldItem): string =>
  [item.operation, item.account, item.region, item.step, item.isCompensating, item.priority].join('\n')

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
