/** A time to look at: so long until now, or between two moments. */
export type TimeRange = { kind: 'last'; minutes: number } | { kind: 'between'; from: string; to: string }

type Get = (name: string) => string

const unitMinutes = { m: 1, h: 60, d: 1440, w: 10_080 } as const
type Unit = keyof typeof unitMinutes

const minutesOf = (text: string): number | null => {
  const [, amount = '', unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? []
  const minutes = Number(amount) * (unit === undefined ? 0 : unitMinutes[unit as Unit])
  return minutes > 0 ? minutes : null
}

/** "90m", "3h", "7d": in the largest unit that it is a whole number of. */
export const lastText = (minutes: number): string => {
  const unit = (['w', 'd', 'h'] as const).find((each) => minutes % unitMinutes[each] === 0) ?? 'm'
  return `${minutes / unitMinutes[unit]}${unit}`
}

const isMoment = (text: string): boolean => text !== '' && !Number.isNaN(Date.parse(text))

/** What an address says: `last=3h`, or `from=` and `to=`. What makes no sense counts as nothing said. */
export const rangeIn = (get: Get, usual: TimeRange): TimeRange => {
  const [from, to] = [get('from'), get('to')]
  if (isMoment(from) && isMoment(to) && Date.parse(from) < Date.parse(to)) return { kind: 'between', from, to }
  const minutes = minutesOf(get('last'))
  return minutes === null ? usual : { kind: 'last', minutes }
}

/** The same, to be put into an address. */
export const inAddress = (range: TimeRange | null): { last: string; from: string; to: string } => {
  if (range === null) return { last: '', from: '', to: '' }
  return range.kind === 'last'
    ? { last: lastText(range.minutes), from: '', to: '' }
    : { last: '', from: range.from, to: range.to }
}

/** Its two ends at a moment. */
export const endsOf = (range: TimeRange, nowMs: number): { from: string; to: string } =>
  range.kind === 'between'
    ? { from: new Date(range.from).toISOString(), to: new Date(range.to).toISOString() }
    : {
        from: new Date(nowMs - range.minutes * 60_000).toISOString(),
        to: new Date(nowMs).toISOString(),
      }
