import type { ResourceChange } from '#contracts/history.ts'
import type { Change, Json } from './json-diff.ts'

/** Longer values are cut in lists: a page of them must not become megabytes. The state at the time has them in full. */
const longestValue = 4_000
const shownOfLong = 1_000

export const shorten = (change: Change): ResourceChange => {
  const before = shortValue(change.before)
  const after = shortValue(change.after)
  const { path, index } = change
  return {
    path,
    ...(index === undefined ? {} : { index }),
    ...(change.before === undefined ? {} : { before: before.value }),
    ...(change.after === undefined ? {} : { after: after.value }),
    ...(before.isShort || after.isShort ? { isShortened: true as const } : {}),
  }
}

const shortValue = (value: Json | undefined): { value: Json; isShort: boolean } => {
  if (value === undefined) return { value: null, isShort: false }
  const text = JSON.stringify(value)
  if (text.length <= longestValue) return { value, isShort: false }
  const start = typeof value === 'string' ? value : text
  return { value: `${start.slice(0, shownOfLong).toWellFormed()}…`, isShort: true }
}
