const dayMs = 86_400_000
/** What is unusual by its own past may still be next to nothing: so much more than expected, in money and as a share, is worth a look. */
const leastUsd = 1
const leastShare = 0.2
/** A day is held against the six weeks before it, and against two of them at least. */
const lookBackDays = 42
const fewestDays = 14
/** Days of its own kind (of the week, or of the weekend) are asked where there are so many. */
const fewestOfAKind = 4
/** Half of all days lie within one median deviation, nearly all within four times 1.4826 of it (Hampel, 1974); of what hardly varies, within 12 %. */
const deviations = 4 * 1.4826
const leastDeviation = 0.02
/** What goes on for so long is how it is now. */
const longestDays = 14

/** A cost that ran away, as far as its days are known. */
export type CostRise = {
  beganMs: number
  lastMs: number
  /** Of the dearest day. */
  atMs: number
  usd: number
  score: number
  expected: { value: number; low: number; high: number }
  evidence: { name: string; meaning: string; share: number; oneIn: number }[]
}

type Day = { atMs: number; usd: number }

/**
 * Finds days on which a service cost more than its own past leads one to expect: more than the median of days like it in six weeks by far
 * more than those differ. The detector of metrics takes months to know a series of days, and remembers what ran away as something that
 * happens; a median doesn't mind a few such days, and the days of a rise are left out of it. Judged anew from the first day on each time:
 * so there is no state to keep, and a bill that is corrected later is judged as corrected. A rise lasts until a day that costs no more than
 * such days did before it, or two weeks. What costs less than usual is no anomaly.
 */
export const judgeCosts = (days: readonly Day[]): CostRise[] => {
  const rises: CostRise[] = []
  const usual: Day[] = []
  let open: { rise: CostRise; days: Day[] } | undefined
  for (const day of days) {
    const { atMs, usd } = day
    const expected = expectedOf(usual, day)
    const isRise = expected !== undefined && usd > expected.high && isWorthALook(usd, expected.value)
    if (open !== undefined) {
      const { rise } = open
      open.days.push(day)
      if (isRise) {
        if (open.days.length > longestDays) {
          usual.splice(0, usual.length, ...open.days)
          open = undefined
          continue
        }
        rise.lastMs = atMs
        // Told is the dearest day, with what was expected of it.
        if (usd > rise.usd) Object.assign(rise, { usd, atMs, expected, score: scoreOf(usd, expected.high) })
        continue
      }
      open = undefined
    }
    if (isRise) {
      const oneIn = usual.length + 1
      const rise: CostRise = {
        beganMs: atMs,
        lastMs: atMs,
        atMs,
        usd,
        score: scoreOf(usd, expected.high),
        expected,
        evidence: [{ name: 'dayCost', meaning: 'far above what such days cost in the weeks before', share: 1, oneIn }],
      }
      rises.push(rise)
      open = { rise, days: [day] }
      continue
    }
    usual.push(day)
  }
  return rises
}

/** Where the cost of a day is expected by those before it; undefined where too few are known. */
const expectedOf = (usual: readonly Day[], { atMs }: Day): CostRise['expected'] | undefined => {
  const recent = usual.slice(-lookBackDays)
  if (recent.length < fewestDays) return undefined
  const alike = recent.filter((one) => isWeekend(one.atMs) === isWeekend(atMs))
  const costs = (alike.length < fewestOfAKind ? recent : alike).map(({ usd }) => usd)
  const value = medianOf(costs)
  const deviation = medianOf(costs.map((usd) => Math.abs(usd - value)))
  const reach = deviations * Math.max(deviation, leastDeviation * value)
  return { value, low: Math.max(0, value - reach), high: value + reach }
}

const medianOf = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  // There is at least one.
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}

const isWeekend = (atMs: number): boolean => [0, 6].includes(new Date(atMs).getUTCDay())

const scoreOf = (usd: number, high: number): number => 1 - high / usd

const isWorthALook = (usd: number, expected: number): boolean =>
  usd - expected >= Math.max(leastUsd, leastShare * expected)

/** One value for each day from the first to the last; a day without a cost cost nothing. */
export const everyDay = (
  costs: readonly { day: string; usd: number }[],
  from: string,
  through: string,
): { atMs: number; usd: number }[] => {
  const byDay = new Map<string, number>()
  for (const { day, usd } of costs) byDay.set(day, (byDay.get(day) ?? 0) + usd)
  const fromMs = Date.parse(from)
  const count = Math.max(0, Math.round((Date.parse(through) - fromMs) / dayMs) + 1)
  return Array.from({ length: count }, (_, index) => {
    const atMs = fromMs + index * dayMs
    return { atMs, usd: byDay.get(dayOf(atMs)) ?? 0 }
  })
}

export const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10)
