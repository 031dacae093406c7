/** Chance that can be had again: everything drawn follows from the seed. */
export type Random = {
  /** From 0 up to, not including, 1. */
  next: () => number
  between: (least: number, most: number) => number
  /** Both ends included. */
  integer: (least: number, most: number) => number
  chance: (probability: number) => boolean
  pick: <T>(list: readonly T[]) => T
  /** So many of them, each once, in a random order. */
  some: <T>(list: readonly T[], count: number) => T[]
  weighted: <T>(choices: readonly (readonly [T, number])[]) => T
  /** A source of its own for one part of the run, so that what another part draws doesn't shift it. */
  fork: (name: string) => Random
}

/** Mulberry32 (https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32): small, and good enough for choices. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1))
  const pick = <T>(list: readonly T[]): T => {
    if (list.length === 0) throw new RangeError('nothing to pick from')
    return list[Math.floor(next() * list.length)]! // an index of this very list
  }
  return {
    next,
    integer,
    pick,
    between: (least, most) => least + next() * (most - least),
    chance: (probability) => next() < probability,
    some: (list, count) => {
      const left = [...list]
      return Array.from({ length: Math.min(count, left.length) }, () => left.splice(integer(0, left.length - 1), 1)[0]!) // never empty: as many rounds as it has entries at most
    },
    weighted: (choices) => {
      let rest = next() * choices.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [choice, weight] of choices) if ((rest -= weight) < 0) return choice
      return pick(choices)[0]
    },
    fork: (name) => createRandom(hash(`${seed} ${name}`)),
  }
}

/** FNV-1a. */
const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193)
  return value >>> 0
}
