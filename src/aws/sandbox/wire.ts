/**
 * JSON that keeps what AWS's inputs and outputs have beyond JSON: dates and bytes. Other objects pass as they are; one that
 * happens to have a key of ours is wrapped, so nothing a tag says can be taken for a date.
 */
type Marked = { $date: string } | { $bytes: string } | { $plain: Record<string, unknown> }
const marks = ['$date', '$bytes', '$plain'] as const

export const toWire = (value: unknown): unknown => {
  if (value instanceof Date) return { $date: value.toISOString() } satisfies Marked
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('base64') } satisfies Marked
  if (Array.isArray(value)) return value.map(toWire)
  if (typeof value !== 'object' || value === null) return value
  const plain = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toWire(inner)]))
  return marks.some((mark) => mark in plain) ? { $plain: plain } : plain
}

export const fromWire = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(fromWire)
  if (typeof value !== 'object' || value === null) return value
  const { $date, $bytes, $plain } = value as Record<string, unknown>
  if (typeof $date === 'string') return new Date($date)
  if (typeof $bytes === 'string') return new Uint8Array(Buffer.from($bytes, 'base64'))
  const plain = typeof $plain === 'object' && $plain !== null ? $plain : value
  return Object.fromEntries(Object.entries(plain).map(([key, inner]) => [key, fromWire(inner)]))
}

/** An error that the SDK is to see on the other side as it was thrown on this one. */
export type WireError = { name: string; message: string; code?: string; $fault?: string; $metadata?: object }

export const errorToWire = (error: unknown): WireError => {
  const { name, message, code, $fault, $metadata } = error as Partial<Record<keyof WireError, unknown>>
  return {
    name: String(name ?? 'Error'),
    message: String(message ?? error),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof $fault === 'string' ? { $fault } : {}),
    ...(typeof $metadata === 'object' && $metadata !== null ? { $metadata } : {}),
  }
}

export const errorFromWire = ({ message, ...rest }: WireError): Error => Object.assign(new Error(message), rest)
