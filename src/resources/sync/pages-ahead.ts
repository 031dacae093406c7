import { firstPageRows } from './room.ts'
import type { Room } from './room.ts'

/** A page with when it was asked for. */
export type Asked<Item> = { page: Item[]; askedMs: number }

/**
 * Asks for the next page while the one before is being worked on, so that AWS's latency and the database's work overlap.
 * A page has its room until the next one is wanted.
 */
export async function* pagesAhead<Item>(
  pages: AsyncIterable<Item[]>,
  room: Room,
  nowMs: () => number,
): AsyncGenerator<Asked<Item>> {
  const iterator = pages[Symbol.asyncIterator]()
  let rows = firstPageRows

  const ask = async (): Promise<(Asked<Item> & { release: () => void }) | undefined> => {
    const release = await room.take(rows)
    try {
      const askedMs = nowMs()
      const next = await iterator.next()
      if (next.done !== true) return { page: next.value, askedMs, release }
    } catch (error) {
      release()
      throw error
    }
    release()
    return undefined
  }

  let next = ask()
  try {
    for (;;) {
      const asked = await next
      if (asked === undefined) return
      rows = asked.page.length
      next = ask()
      next.catch(() => {}) // it is met when the page is wanted, or nobody wants it any more
      try {
        yield asked
      } finally {
        asked.release()
      }
    }
  } finally {
    // Whoever stops early has asked for one page too many.
    void next
      .then((unwanted) => unwanted?.release())
      .catch(() => {})
      .finally(() => void iterator.return?.()?.catch(() => {}))
  }
}
