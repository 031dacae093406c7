import { riskRank } from './risk.ts'
import type { Selected } from './select.ts'

/**
 * Puts targets into the order of their waves: the harmless ones first (not production before production, a lower class
 * before a higher), and of those in turn one from each account and Region, so that no wave is all in one place. Within a
 * wave they stand by ARN, so that the targets of one place make full batches.
 */
export const inWaves = (selected: readonly Selected[], sizes: readonly number[]): Selected[] => {
  if (sizes.length < 2) return [...selected]
  const order = [...byHarm(selected)].sort(([a], [b]) => a - b).flatMap(([, group]) => inTurn(group))
  let from = 0
  return sizes.flatMap((size) => order.slice(from, (from += size)).sort(byArn))
}

const byArn = (a: Selected, b: Selected): number => (a.live.id < b.live.id ? -1 : 1)

const byHarm = (selected: readonly Selected[]): Map<number, Selected[]> =>
  grouped(selected, ({ attributes, risk }) => (attributes.isProduction ? 10 : 0) + riskRank(risk))

/** One from each account and Region after the other, each in the order of ARNs. */
const inTurn = (selected: readonly Selected[]): Selected[] => {
  const places = [...grouped(selected, ({ account, region }) => `${account.id} ${region}`)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, targets]) => targets.sort(byArn))
  const longest = Math.max(0, ...places.map((targets) => targets.length))
  return Array.from({ length: longest }, (_, turn) => places.flatMap((targets) => targets.slice(turn, turn + 1))).flat()
}

const grouped = <T, Key>(all: readonly T[], keyOf: (one: T) => Key): Map<Key, T[]> => {
  const groups = new Map<Key, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}
