/** A moment as the clocks of a time zone show it, as milliseconds of a clock that knows no zones. */
export type WallMs = number

const dayMs = 86_400_000
const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  if (formats.size >= 100) formats.clear()
  formats.set(timeZone, format)
  return format
}

/** What the clocks of the zone show at that moment. */
export const wallOf = (timeZone: string, at: Date): WallMs => {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/**
 * When the clocks of the zone show that. A time that is shown twice, because the clocks are put back, is the earlier or the
 * later of the two, as asked; one that is never shown, because they are put forward, is the moment as many minutes later.
 */
export const instantOf = (timeZone: string, wall: WallMs, choice: 'earlier' | 'later'): Date => {
  const offsetAt = (at: number): number => wallOf(timeZone, new Date(at)) - Math.floor(at / 1000) * 1000
  const [before, after] = [offsetAt(wall - dayMs), offsetAt(wall + dayMs)]
  const moments = [wall - before, wall - after].filter((at) => at + offsetAt(at) === wall)
  const found = choice === 'earlier' ? Math.min(...moments) : Math.max(...moments)
  return new Date(moments.length > 0 ? found : wall - before)
}
