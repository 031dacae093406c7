/** Wall time: leases, tokens, approvals and all timestamps. */
export type Clock = {
  now: () => Date
  /** Milliseconds that only ever grow, whatever happens to the system's time. */
  monotonicMs: () => number
  /** Resolves after that time, or at once when the signal aborts. */
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, milliseconds)
      signal?.addEventListener('abort', done)
    }),
}

/**
 * Cloud time: quotas, AWS waits, soaks and delays. On sandbox accounts it runs `speed` times as fast as the wall; on real
 * accounts the two are the same.
 */
export type CloudClock = {
  speed: number
  /** Wall milliseconds that so many seconds of cloud time take. */
  wallMs: (cloudSeconds: number) => number
  /** Cloud seconds that pass in so many wall milliseconds. */
  cloudSeconds: (wallMilliseconds: number) => number
}

export const createCloudClock = (speed: number): CloudClock => ({
  speed,
  wallMs: (cloudSeconds) => (cloudSeconds * 1000) / speed,
  cloudSeconds: (wallMilliseconds) => (wallMilliseconds * speed) / 1000,
})
