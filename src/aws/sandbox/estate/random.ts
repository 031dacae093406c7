/** 32 bits that depend on all the numbers given (murmur3's steps). The same numbers always give the same bits. */
export const mix = (...numbers: number[]): number => {
  let hash = 0x9747b28c
  for (const number of numbers) {
    let part = Math.imul(number | 0, 0xcc9e2d51)
    part = (part << 15) | (part >>> 17)
    hash ^= Math.imul(part, 0x1b873593)
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  hash ^= numbers.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

/** A number in [0, 1) that depends on the numbers given. */
export const fraction = (...numbers: number[]): number => mix(...numbers) / 2 ** 32

/** One of the choices, each as likely as the other. */
export const pick = <T>(choices: readonly T[], ...numbers: number[]): T =>
  // A list of choices is never empty, and the index is below its length.
  choices[mix(...numbers) % choices.length] as T

/** One of the choices, as likely as its weight says. */
export const pickWeighted = <T>(
  choices: readonly (readonly [weight: number, choice: T])[],
  ...numbers: number[]
): T => {
  let point = fraction(...numbers) * choices.reduce((sum, [weight]) => sum + weight, 0)
  for (const [weight, choice] of choices) {
    point -= weight
    if (point < 0) return choice
  }
  // Rounding at the very end of the range.
  return choices[choices.length - 1]![1]
}

/** The seed of an estate as a number. */
export const seedNumber = (seed: string): number => mix(...Array.from(seed, (char) => char.codePointAt(0) ?? 0))
