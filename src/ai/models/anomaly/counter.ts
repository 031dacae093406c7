/**
 * What a counter that only grows says a second. A smaller value than before is a restart: it then counts from zero. Undefined
 * for the first value and where no time has passed.
 */
export type Counter = { lastMs: number; last: number } | undefined

export const rateOf = (counter: Counter, ms: number, value: number): number | undefined => {
  if (counter === undefined || ms <= counter.lastMs) return undefined
  const grown = value >= counter.last ? value - counter.last : value
  return (grown * 1000) / (ms - counter.lastMs)
}
