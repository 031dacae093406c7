import type { Partition } from '../estate/partitions.ts'
import type { World } from '../world.ts'

/** What a handler has: the world, the account and Region that was asked, and the time. Handlers don't wait for anything. */
export type HandlerContext = {
  world: World
  partition: Partition
  account: string
  region: string
  nowMs: number
}

/** Answers one action: the SDK's input in, the SDK's output (without `$metadata`) out, or an error shaped as AWS's. */
export type Handler<Input extends object, Output extends object> = (
  input: Input,
  context: HandlerContext,
) => Omit<Output, '$metadata'>
