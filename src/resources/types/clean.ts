/**
 * Text from AWS as PostgreSQL can hold it: without NUL and without halves of surrogate pairs. One such character in one
 * tag would otherwise fail the whole chunk that it is written with. What is clean, which nearly everything is, comes back as it
 * is: a copy of each description is work for nothing.
 */
export const clean = <Value>(value: Value): Value => (isClean(value) ? value : cleaned(value))

const isClean = (value: unknown): boolean => {
  if (typeof value === 'string') return isCleanText(value)
  if (value === null || typeof value !== 'object') return true
  if (Array.isArray(value)) return value.every(isClean)
  if (value instanceof Date) return false
  for (const key in value) {
    // A key that `in` names is there.
    if (!isCleanText(key) || !isClean((value as Record<string, unknown>)[key])) return false
  }
  return true
}

const cleaned = <Value>(value: Value): Value => {
  if (typeof value === 'string') return cleanText(value) as Value // a string stays a string
  if (Array.isArray(value)) return value.map(cleaned) as Value // an array of the same kinds
  if (value === null || typeof value !== 'object') return value
  if (value instanceof Date) return value.toISOString() as Value // JSON has no dates; every reader sees the text
  // The same keys, cleaned, and values of the same kinds.
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [cleanText(key), cleaned(entry)])) as Value
}

const isCleanText = (text: string): boolean => !text.includes('\0') && text.isWellFormed()
const cleanText = (text: string): string => text.replaceAll('\0', '\ufffd').toWellFormed()
