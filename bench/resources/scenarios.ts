import { reads } from './reads.ts'
import type { Scenario } from './scenario.ts'
import { search } from './search.ts'
import { sync } from './sync.ts'

/** What `npm run bench resources` measures, in this order. */
export const scenarios: readonly Scenario[] = [search, reads, sync]
