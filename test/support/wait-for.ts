import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Waits until the condition gives something other than false, null or undefined; fails with `what` after the time is up. The
 * time is long, for a machine on which everything is slow: who waits in vain may be slow, who doesn't is not.
 */
export const waitFor = async <T>(
  what: string,
  condition: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  seconds = 300,
): Promise<T> => {
  const until = performance.now() + seconds * 1000
  for (;;) {
    const result = await condition()
    if (result !== false && result !== null && result !== undefined) return result
    if (performance.now() > until) throw new Error(`Waited ${seconds} s in vain for: ${what}`)
    await sleep(20)
  }
}
