import type { ResourceLogs } from '#contracts/inventory.ts'

export type LogEvent = ResourceLogs['items'][number]

/**
 * What was there and what came, each once, in the order of time; of more than `most` the newest. A search that follows looks
 * again at times that it has seen: CloudWatch learns of some events late.
 */
export const together = (
  known: readonly LogEvent[],
  come: readonly LogEvent[],
  most = Number.POSITIVE_INFINITY,
): LogEvent[] => {
  const ids = new Set(known.map(({ id }) => id))
  const fresh = come.filter(({ id }) => !ids.has(id) && ids.add(id))
  const all = [...known, ...fresh]
  const last = known.at(-1)
  // Pages of a search come in order; what is late has to be put where it belongs.
  const isInOrder = last === undefined || fresh.every(({ at }) => at >= last.at)
  const sorted = isInOrder ? all : all.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  return sorted.length > most ? sorted.slice(sorted.length - most) : sorted
}

/** How bad a line says it is, for the colour at its side; the word itself stands in the line. */
export const levelOf = (message: string): 'error' | 'warning' | null => {
  const head = message.slice(0, 400)
  if (/\b(ERROR|FATAL|CRITICAL|SEVERE|PANIC)\b|"level": ?"(error|fatal)"|Task timed out|Exception\b/.test(head))
    return 'error'
  return /\bWARN(ING)?\b|"level": ?"warn(ing)?"/.test(head) ? 'warning' : null
}
