import { randomUUID } from 'node:crypto'

let lastMs = 0
let sequence = 0

/**
 * A UUIDv7 (RFC 9562): 48 bits of Unix milliseconds, then 12 bits that count up within one millisecond in this process,
 * then randomness. Sorts by time of creation, which the tables that are partitioned by id rely on.
 */
export const uuidv7 = (nowMs: number = Date.now()): string => {
  if (nowMs > lastMs) {
    lastMs = nowMs
    sequence = 0
  } else if (++sequence > 0xfff) {
    // More than 4,096 in one millisecond: borrow from the next, as RFC 9562 section 6.2 allows.
    lastMs++
    sequence = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const counter = sequence.toString(16).padStart(3, '0')
  // The second half of a random one, with its variant; Node keeps a supply of those (4 us less than bytes of our own).
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter}-${randomUUID().slice(19)}`
}

/** What an id of ours looks like. */
export const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
export const isUuid = (text: string): boolean => uuidShape.test(text)
