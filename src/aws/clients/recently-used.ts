/** A map that holds so many entries at most: what was not asked for the longest goes first. */
export type RecentlyUsed<Value> = {
  get: (key: string) => Value | undefined
  set: (key: string, value: Value) => void
  delete: (key: string) => void
  values: () => IterableIterator<Value>
  clear: () => void
}

export const createRecentlyUsed = <Value>(
  most: number,
  onLeave: (value: Value) => void = () => {},
): RecentlyUsed<Value> => {
  /** In the order in which they were used last. */
  const entries = new Map<string, Value>()
  return {
    get: (key) => {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= most) return
      const oldest = entries.entries().next().value
      if (oldest === undefined) return
      entries.delete(oldest[0])
      onLeave(oldest[1])
    },
    delete: (key) => void entries.delete(key),
    values: () => entries.values(),
    clear: () => entries.clear(),
  }
}
