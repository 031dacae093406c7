/** Names in order, as AWS lists what is known by name. Kept sorted as names come and go. */
export type Names = {
  has: (name: string) => boolean
  add: (name: string) => void
  remove: (name: string) => void
  /** Up to `limit` names behind `after` that begin with `prefix`, and whether there are more. */
  page: (query: { after?: string; prefix?: string; limit: number; matches?: (name: string) => boolean }) => {
    names: string[]
    hasMore: boolean
  }
}

export const createNames = (initial: Iterable<string>): Names => {
  const sorted = [...new Set(initial)].sort(compare)

  /** The first place whose name is not before this one. */
  const placeOf = (name: string): number => {
    let [low, high] = [0, sorted.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      // middle < length
      if (compare(sorted[middle]!, name) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
  const has = (name: string): boolean => sorted[placeOf(name)] === name

  return {
    has,
    add: (name) => {
      if (!has(name)) sorted.splice(placeOf(name), 0, name)
    },
    remove: (name) => {
      if (has(name)) sorted.splice(placeOf(name), 1)
    },
    page: ({ after, prefix = '', limit, matches = () => true }) => {
      const from = placeOf(prefix)
      const names: string[] = []
      let at = after === undefined ? from : Math.max(from, placeOf(after) + (has(after) ? 1 : 0))
      for (; at < sorted.length && names.length < limit; at++) {
        const name = sorted[at]!
        if (!name.startsWith(prefix)) return { names, hasMore: false }
        if (matches(name)) names.push(name)
      }
      return { names, hasMore: sorted[at]?.startsWith(prefix) ?? false }
    },
  }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** A place in such a list as an opaque token, as AWS hands them out. */
export const toToken = (name: string): string => Buffer.from(`sandbox-name:${name}`).toString('base64url')

/** The name in a token; undefined for one that this sandbox never made. */
export const fromToken = (token: string): string | undefined =>
  /^sandbox-name:(.*)$/s.exec(Buffer.from(token, 'base64url').toString())?.[1]
