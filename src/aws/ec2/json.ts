/** A description of AWS as plain JSON: dates become ISO 8601, absent fields go. A copy, made in a quarter of the time of a text and its parsing. */
export const toJson = (description: object): Record<string, unknown> =>
  // An object that is no list and no date becomes one.
  plain(description) as Record<string, unknown>

const plain = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return isSaid(value) ? value : null
  if (value instanceof Date) return value.toJSON()
  if (Array.isArray(value)) return value.map(plain)
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    // It is one of its keys.
    const one = (value as Record<string, unknown>)[key]
    if (one === undefined) continue
    if (key === '__proto__') Object.defineProperty(copy, key, { value: plain(one), enumerable: true, writable: true })
    else copy[key] = plain(one)
  }
  return copy
}

/** What JSON has a word for. */
const isSaid = (value: unknown): boolean => value !== undefined && (typeof value !== 'number' || Number.isFinite(value))
