import { describe, expect, it } from 'vitest'
import { levelOf, together } from './log-lines.ts'
import type { LogEvent } from './log-lines.ts'

const event = (id: string, second: number): LogEvent => ({
  id,
  at: `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`,
  stream: 's',
  message: id,
  isCut: false,
})
const ids = (events: readonly LogEvent[]): string => events.map(({ id }) => id).join(' ')

describe('lines of a log', () => {
  it('come one after the other, each once', () => {
    expect(ids(together([event('a', 1), event('b', 2)], [event('b', 2), event('c', 2), event('c', 2)]))).toBe('a b c')
  })

  it('that are late stand where they belong', () => {
    expect(ids(together([event('a', 1), event('c', 5)], [event('b', 3), event('d', 9)]))).toBe('a b c d')
  })

  it('are the newest where there are too many', () => {
    expect(ids(together([event('a', 1), event('b', 2)], [event('c', 3)], 2))).toBe('b c')
  })

  it('say how bad they are', () => {
    expect(levelOf('2026-01-01T00:00:00Z ERROR could not connect')).toBe('error')
    expect(levelOf('{"level":"warn","message":"slow"}')).toBe('warning')
    expect(levelOf('2026 Task timed out after 3.00 seconds')).toBe('error')
    expect(levelOf('GET /errors 200')).toBeNull()
  })
})
