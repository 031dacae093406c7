import { createBoundedCache } from '#platform/bounded-cache.ts'
import type { Clock } from '#platform/clock.ts'

/** Things that are kept at a time. */
const mostKept = 50

export type Shared<Type> = {
  /** What `read` gives, or what somebody else got for the same key a moment ago or is about to get. */
  get: (key: string, read: () => Promise<Type>) => Promise<Type>
  /** Nothing that was read before now is given to anybody any more. */
  forget: () => void
}

/**
 * One read for all who want the same. What was read less than `keptMs` ago, counted from when its reading began, is given again
 * as long as nobody has told of a change since; for as long again it is given while it is read anew behind whoever asks. Else
 * never more than one read of it is under way; those who come meanwhile wait together for the next one, which begins when it is over, and
 * so after they came.
 */
export const createShared = <Type>(options: {
  clock: Pick<Clock, 'monotonicMs'>
  keptMs: number
  /** Whether it is small enough to be kept. */
  isKept?: (value: Type) => boolean
}): Shared<Type> => {
  const { clock, keptMs, isKept = () => true } = options
  const underWay = new Map<string, { now: Promise<Type>; next: Promise<Type> | undefined }>()
  const kept = createBoundedCache<{ key: string; value: Type; untilMs: number }>(mostKept)
  let changes = 0
  let sweeping: NodeJS.Timeout | undefined

  /** What is kept and never asked for again would lie there. */
  const sweep = (): void => {
    sweeping = undefined
    const nowMs = clock.monotonicMs()
    let isEmpty = true
    for (const { key, untilMs } of kept.values()) {
      if (untilMs + keptMs <= nowMs) kept.delete(key)
      else isEmpty = false
    }
    if (!isEmpty) sweepSoon()
  }
  const sweepSoon = (): void => void (sweeping ??= setTimeout(sweep, keptMs * 2).unref())

  const keep = (key: string, value: Type, untilMs: number): void => {
    if (untilMs <= clock.monotonicMs() || !isKept(value)) return
    kept.set(key, { key, value, untilMs })
    sweepSoon()
  }

  const begin = (key: string, read: () => Promise<Type>): Promise<Type> => {
    const [before, untilMs] = [changes, clock.monotonicMs() + keptMs]
    const one: { now: Promise<Type>; next: Promise<Type> | undefined } = { now: read(), next: undefined }
    underWay.set(key, one)
    const end = (): void => {
      if (one.next === undefined) underWay.delete(key)
    }
    one.now.then((value) => {
      if (before === changes) keep(key, value, untilMs)
      end()
    }, end)
    return one.now
  }

  /** Behind the backs of readers one after the other: all at once would take every processor from those who are answered meanwhile. */
  let isRenewing = false
  const renew = (key: string, read: () => Promise<Type>): void => {
    isRenewing = true
    const end = (): void => void (isRenewing = false)
    begin(key, read).then(end, end) // whoever waits for the next one is told of a failure
  }

  return {
    get: async (key, read) => {
      const known = kept.get(key)
      const nowMs = clock.monotonicMs()
      if (known !== undefined && nowMs < known.untilMs) return known.value
      const one = underWay.get(key)
      if (known !== undefined && nowMs < known.untilMs + keptMs) {
        if (one === undefined && !isRenewing) renew(key, read)
        return known.value
      }
      if (one === undefined) return begin(key, read)
      const go = (): Promise<Type> => begin(key, read)
      return (one.next ??= one.now.then(go, go))
    },
    forget: () => {
      changes++
      kept.clear()
    },
  }
}
