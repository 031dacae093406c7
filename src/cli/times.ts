import { InvalidArgumentError } from 'commander'

const unitMs: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 }

/** An option that is a time: ISO 8601, or so long ago (`90m`, `12h`, `7d`, `2w`). */
export const timeOption =
  (nowMs: () => number) =>
  (text: string): string => {
    const [, amount = '', unit = ''] = /^(\d{1,6})([mhdw])$/.exec(text) ?? []
    const ms = amount === '' ? Date.parse(text) : nowMs() - Number(amount) * (unitMs[unit] ?? 0)
    // A date alone would be read in this or that time zone.
    if (Number.isNaN(ms) || (amount === '' && !/^\d{4}-\d{2}-\d{2}T.*(?:Z|[+-]\d{2}:\d{2})$/.test(text)))
      throw new InvalidArgumentError('Give a time like 2026-11-27T09:00:00Z, or how long ago: 90m, 12h, 7d, 2w.')
    return new Date(ms).toISOString()
  }
