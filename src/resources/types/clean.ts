/**
 * Text from AWS as PostgreSQL can hold it: without NUL and without halves of surrogate pairs. One such character in one
 * tag would otherwise fail the whole chunk that it is written with.
 */
export const clean = <Value>(value: Value): Value => {
  if (typeof value === 'string') return cleanText(value) as Value // a string stays a string
  if (Array.isArray(value)) return value.map(clean) as Value // an array of the same kinds
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return value.toISOString() as Value // JSON has no dates; every reader sees the text
  // The same keys, cleaned, and values of the same kinds.
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleanText(key), clean(entry)])) as Value
}

const cleanText = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed()
