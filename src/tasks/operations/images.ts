import { isDeepStrictEqual } from 'node:util'
import type { Image } from '#contracts/task.ts'

/** A field of an image by its dotted name, so that the entries of a nested record are told apart: `tags.env`. */
const flatten = (image: Image): Map<string, unknown> => {
  const fields = new Map<string, unknown>()
  for (const [name, value] of Object.entries(image)) {
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) fields.set(`${name}.${key}`, inner)
    } else fields.set(name, value)
  }
  return fields
}

/** Which fields differ, and how. A field that only one side has differs too. */
export const differences = (from: Image, to: Image): { field: string; from: unknown; to: unknown }[] => {
  const [before, after] = [flatten(from), flatten(to)]
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => !isDeepStrictEqual(before.get(field), after.get(field)))
    .map((field) => ({ field, from: before.get(field), to: after.get(field) }))
}

const shown = (value: unknown): string => (value === null || value === undefined ? 'absent' : JSON.stringify(value))

/** In words what is no longer as it was planned on, or null when nothing changed. */
export const driftOf = (planned: Image, live: Image): string | null => {
  const changed = differences(planned, live)
  if (changed.length === 0) return null
  return changed
    .map(({ field, from, to }) => `${field} is now ${shown(to)}, was ${shown(from)} when planned`)
    .join('; ')
}

/** Whether every field that was to change from `before` to `after` has its new value. */
export const hasArrived = (before: Image, after: Image, live: Image): boolean => {
  const now = flatten(live)
  return differences(before, after).every(({ field, to }) => isDeepStrictEqual(now.get(field), to))
}
