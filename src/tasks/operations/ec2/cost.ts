import { monthlyUsdOfInstance } from '#aws/prices.ts'
import type { Image } from '#contracts/task.ts'
import type { LiveTarget } from '../../operation.ts'

/** What a month in the new state costs more than one in the old, by the price table; 0 for types that it doesn't know. */
export const stateCostDeltaUsd = (target: LiveTarget, before: Image, after: Image): number => {
  const monthlyUsd = (image: Image): number =>
    monthlyUsdOfInstance(
      String(target.facts['instanceType']),
      String(target.facts['region']),
      String(image['state']),
    ) ?? 0
  return monthlyUsd(after) - monthlyUsd(before)
}
