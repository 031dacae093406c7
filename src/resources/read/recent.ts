import type { Clock } from '#platform/clock.ts'

/** What was quick to read is read anew each time. */
const quickMs = 50
/** Of its time a process spends at most a twentieth on one such thing. */
const restFactor = 20
/** What is older than so many times its rest is not shown any more while it is being renewed. */
const oldestFactor = 5

type Value<Type> = { value: Type; ageSeconds: number }

export type Recent<Type> = {
  get: () => Promise<Value<Type>>
  /** What is at hand and need not be renewed yet, without waiting. */
  peek: () => Type | undefined
  /** What is at hand and may be shown, without waiting; it is renewed behind where it should be. */
  atHand: () => Value<Type> | undefined
  /** Something became of what it was read from. */
  changed: () => void
}

/**
 * Something that takes long to read and may be a little old: what takes up to 50 ms is read each time; what takes longer is
 * kept for twenty times as long as it took, and then renewed behind the back of whoever asks. One reading serves all who
 * wait for it.
 *
 * Where somebody tells of every change (`changed`), what was read grows old from the first of them on; until then it is what a
 * new reading would give. That is trusted for `toldForMs`, none if nobody tells.
 */
export const createRecent = <Type>(options: {
  read: () => Promise<Type>
  clock: Pick<Clock, 'monotonicMs'>
  toldForMs?: number
}): Recent<Type> => {
  const { read, clock, toldForMs = 0 } = options
  let kept: { value: Type; readMs: number; restMs: number } | undefined
  let reading: Promise<Value<Type>> | undefined
  /** When the first change came since the reading of what is kept began, and since the one that is under way did. */
  let changedMs = Infinity
  let changedSinceMs = Infinity

  const readNow = async (): Promise<Value<Type>> => {
    const startMs = clock.monotonicMs()
    changedSinceMs = Infinity
    try {
      const value = await read()
      const tookMs = clock.monotonicMs() - startMs
      kept = tookMs <= quickMs ? undefined : { value, readMs: startMs, restMs: tookMs * restFactor }
      changedMs = changedSinceMs
      return { value, ageSeconds: 0 }
    } finally {
      reading = undefined
    }
  }

  const ageMs = (): number =>
    kept === undefined ? Infinity : Math.max(0, clock.monotonicMs() - Math.min(changedMs, kept.readMs + toldForMs))

  const atHand = (): Value<Type> | undefined => {
    if (kept === undefined || ageMs() > kept.restMs * oldestFactor) return undefined
    // It failed: the next one who asks tries again, and whoever waits for it is told.
    if (ageMs() > kept.restMs) (reading ??= readNow()).catch(() => {})
    return { value: kept.value, ageSeconds: Math.round(ageMs()) / 1000 }
  }

  return {
    peek: () => (kept !== undefined && ageMs() <= kept.restMs ? kept.value : undefined),
    atHand,
    get: async () => atHand() ?? (reading ??= readNow()),
    changed: () => {
      const nowMs = clock.monotonicMs()
      changedMs = Math.min(changedMs, nowMs)
      changedSinceMs = Math.min(changedSinceMs, nowMs)
    },
  }
}
