import type { Image } from '#contracts/task.ts'
import { naturally } from '../design/words.ts'

export type Change = { field: string; from: unknown; to: unknown }

/** A field by its dotted name, so that the entries of a record are told apart: `tags.env`. */
const flat = (image: Image): Map<string, unknown> =>
  new Map(
    Object.entries(image).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value).map(([key, inner]): [string, unknown] => [`${name}.${key}`, inner])
        : [[name, value] as [string, unknown]],
    ),
  )

/** What differs between two images of a target, by field. */
export const changesBetween = (before: Image, after: Image): Change[] => {
  const [from, to] = [flat(before), flat(after)]
  return [...new Set([...from.keys(), ...to.keys()])]
    .filter((field) => JSON.stringify(from.get(field)) !== JSON.stringify(to.get(field)))
    .toSorted(naturally)
    .map((field) => ({ field, from: from.get(field), to: to.get(field) }))
}
