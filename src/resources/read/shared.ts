/**
 * One read for all who want the same. Never more than one of it is under way; those who come meanwhile wait together for the
 * next one, which begins when it is over, and so after they came: nobody gets what was read before they asked. However many look
 * at the same list when something was slow for a moment, it is read twice.
 */
export const createShared = <Type>(): ((key: string, read: () => Promise<Type>) => Promise<Type>) => {
  const underWay = new Map<string, { now: Promise<Type>; next: Promise<Type> | undefined }>()

  const begin = (key: string, read: () => Promise<Type>): Promise<Type> => {
    const one: { now: Promise<Type>; next: Promise<Type> | undefined } = { now: read(), next: undefined }
    underWay.set(key, one)
    const end = (): void => {
      if (one.next === undefined) underWay.delete(key)
    }
    one.now.then(end, end)
    return one.now
  }

  return (key, read) => {
    const one = underWay.get(key)
    if (one === undefined) return begin(key, read)
    const go = (): Promise<Type> => begin(key, read)
    return (one.next ??= one.now.then(go, go))
  }
}
