import type { ResourceSort, ResourceSortKey } from '#contracts/inventory.ts'
import type { Sort } from '../store/orders.ts'

/** A sort is a key, with or without a minus in front. */
export const sortOf = (sort: ResourceSort): Sort => {
  const isDescending = sort.startsWith('-')
  return { key: (isDescending ? sort.slice(1) : sort) as ResourceSortKey, isDescending }
}
