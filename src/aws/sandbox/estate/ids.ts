import { mix } from './random.ts'

const rounds = [0x1f83d9ab, 0x5be0cd19, 0x428a2f98, 0x71374491]

/**
 * Ids that look random and yet say which resource they name: (partition, index) go through a small Feistel cipher keyed
 * by the seed, so a million resources need no table from id to index. 60 bits behind the `0` that AWS's long ids begin
 * with are more than enough; the high half carries a check, so that hardly any made-up id names a resource.
 */
export const encodeId = (prefix: string, seed: number, kind: number, partition: number, index: number): string => {
  let left = ((partition << 24) | (check(seed, kind, partition, index) & 0xffffff)) >>> 0
  let right = index >>> 0
  for (const round of rounds) [left, right] = [right, (left ^ mix(seed, kind, round, right)) >>> 0]
  return `${prefix}-0${hex(left)}${hex(right)}`
}

/** What an id names, or undefined for one that isn't of this estate. */
export const decodeId = (
  prefix: string,
  seed: number,
  kind: number,
  id: string,
): { partition: number; index: number } | undefined => {
  const match = /^([a-z]+)-0([0-9a-f]{8})([0-9a-f]{8})$/.exec(id)
  if (match === null || match[1] !== prefix) return undefined
  let left = Number.parseInt(match[2] ?? '', 16)
  let right = Number.parseInt(match[3] ?? '', 16)
  for (const round of rounds.toReversed()) [left, right] = [(right ^ mix(seed, kind, round, left)) >>> 0, left]
  const partition = left >>> 24
  if ((left & 0xffffff) !== (check(seed, kind, partition, right) & 0xffffff)) return undefined
  return { partition, index: right }
}

const check = (seed: number, kind: number, partition: number, index: number): number =>
  mix(seed, kind, 77, partition, index)
const hex = (number: number): string => number.toString(16).padStart(8, '0')
