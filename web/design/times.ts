const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** For example "3 minutes ago". Under a minute it is "just now", so that nothing ticks. */
export const relativeTime = (iso: string, nowMs: number): string => {
  const seconds = (Date.parse(iso) - nowMs) / 1000
  const unit = units.find(([, size]) => Math.abs(seconds) >= size)
  if (unit === undefined) return seconds > 5 ? 'in a moment' : 'just now'
  return relative.format(Math.trunc(seconds / unit[1]), unit[0])
}

/** The full time, in the zone that the user chose. */
export const absoluteTime = (iso: string, zone: 'local' | 'utc'): string =>
  new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    ...(zone === 'utc' ? { timeZone: 'UTC' } : {}),
  }).format(new Date(iso)) + (zone === 'utc' ? ' UTC' : '')

/** As an input for a date with a time writes a moment: in the zone that the user chose, without saying which. */
export const momentText = (iso: string, zone: 'local' | 'utc'): string => {
  const time = new Date(iso)
  if (Number.isNaN(time.getTime())) return ''
  const offsetMs = zone === 'utc' ? 0 : time.getTimezoneOffset() * 60_000
  return new Date(time.getTime() - offsetMs).toISOString().slice(0, 19)
}

/** The moment that such a text means; null when it means none. */
export const momentOf = (text: string, zone: 'local' | 'utc'): string | null => {
  const time = new Date(zone === 'utc' ? `${text}Z` : text)
  return Number.isNaN(time.getTime()) ? null : time.toISOString()
}

/** For example "45 s", "3 min 20 s" or "2 h 5 min". */
export const duration = (seconds: number): string => {
  if (seconds < 0.95) return seconds <= 0 ? '0 s' : '< 1 s'
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  if (hours === 0) return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
  if (hours < 48) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`
  return `${Math.round(hours / 24)} days`
}
