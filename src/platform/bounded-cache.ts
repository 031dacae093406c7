export type BoundedCache<Value> = {
  get: (key: string) => Value | undefined
  set: (key: string, value: Value) => void
  delete: (key: string) => void
  values: () => IterableIterator<Value>
  clear: () => void
}

/**
 * A map that forgets what was not used for longest; `onForgotten` is told what had to make room. A Map iterates in the order of
 * insertion, so a hit inserts anew.
 */
export const createBoundedCache = <Value>(
  capacity: number,
  onForgotten: (value: Value) => void = () => {},
): BoundedCache<Value> => {
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
      if (entries.size <= capacity) return
      const oldest = entries.entries().next().value
      if (oldest === undefined) return
      entries.delete(oldest[0])
      onForgotten(oldest[1])
    },
    delete: (key) => void entries.delete(key),
    values: () => entries.values(),
    clear: () => entries.clear(),
  }
}
