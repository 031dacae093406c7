const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

/** Sorts as people do: web-2 before web-10. */
export const naturally = (a: string, b: string): number => collator.compare(a, b)

export const count = (value: number): string => value.toLocaleString('en')

/** "1 target", "3 targets". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`

const dollars = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })
export const usd = (value: number): string => dollars.format(value)

/** With a sign, for changes: "+$12.00", "−$3.20", "no change". */
export const usdChange = (value: number): string =>
  Math.abs(value) < 0.005 ? 'no change' : `${value > 0 ? '+' : '−'}${dollars.format(Math.abs(value))}`

/** How a list says how many rows match: counted exactly, or "10,000+". */
export const totalWords = ({ value, relation }: { value: number; relation: 'eq' | 'gte' }): string =>
  `${count(value)}${relation === 'gte' ? '+' : ''}`

/** Of alarms and log groups the whole name is the id, with whatever colons and slashes it has. */
const namedByName = /^arn:[^:]*:(?:cloudwatch|logs):[^:]*:[^:]*:(?:alarm|log-group):(.+)$/s

/** The part of an ARN that people know a thing by: "i-0abc" of ".../instance/i-0abc". */
export const shortId = (id: string): string =>
  namedByName.exec(id)?.[1] ?? (id.startsWith('arn:') ? (id.split(/[:/]/).at(-1) ?? id) : id)

/** "3 GB", in powers of a thousand as AWS counts stored bytes. */
export const bytesWords = (bytes: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 })
    .format(bytes)
    .replace(/([KMBT]?)$/, (unit) => ` ${{ K: 'kB', M: 'MB', B: 'GB', T: 'TB' }[unit] ?? 'bytes'}`)

/** A value of an image or a summary as text. */
export const valueWords = (value: unknown): string => {
  if (value === null || value === undefined || value === '') return '–'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return count(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value) && value.every((each) => typeof each !== 'object'))
    return value.map(valueWords).join(', ') || '–'
  return JSON.stringify(value)
}

/** "privateIpAddress" -> "Private IP address". */
export const fieldWords = (name: string): string => {
  const words = name
    .replace(/^(is|has)(?=[A-Z])/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase()
    .replace(/\b(ip|id|arn|dns|vpc|ebs|cpu|iops|ami|os|az|usd)\b/g, (word) => word.toUpperCase())
    .replace(/\bgib\b/g, 'GiB')
    .replace(/\bmib\b/g, 'MiB')
    .replace(/\b(id|arn|ip)s\b/gi, (word) => `${word.slice(0, -1).toUpperCase()}s`)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
