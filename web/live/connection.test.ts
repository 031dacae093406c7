import { describe, expect, it } from 'vitest'
import type { LiveEvent } from '#contracts/live.ts'
import { createLive } from './connection.ts'
import type { LiveConnection } from './live-state.ts'

/** A socket whose other end is the test. */
class FakeSocket extends EventTarget {
  readyState = 0
  sent: unknown[] = []
  send(text: string) {
    this.sent.push(JSON.parse(text))
  }
  close() {
    this.readyState = 3
    this.dispatchEvent(new Event('close'))
  }
  accept() {
    this.readyState = 1
    this.dispatchEvent(new Event('open'))
  }
  say(message: unknown) {
    this.dispatchEvent(
      new MessageEvent('message', { data: typeof message === 'string' ? message : JSON.stringify(message) }),
    )
  }
}

const make = (ticket: () => Promise<string | null> = async () => 'ticket') => {
  const seen = {
    sockets: [] as FakeSocket[],
    states: [] as LiveConnection[],
    events: [] as LiveEvent[],
    resets: [] as string[],
    ready: [] as string[],
    waits: [] as { seconds: number; work: () => void }[],
    cursor: null as string | null,
  }
  const live = createLive({
    ticket,
    open: () => {
      const socket = new FakeSocket()
      seen.sockets.push(socket)
      // The fake has the part of WebSocket's interface that is used.
      return socket as unknown as WebSocket
    },
    cursor: () => seen.cursor,
    onState: (state) => seen.states.push(state),
    onEvent: (event) => seen.events.push(event),
    onReady: (cursor) => seen.ready.push(cursor),
    onReset: (cursor) => seen.resets.push(cursor),
    random: () => 1,
    after: (seconds, work) => {
      seen.waits.push({ seconds, work })
      return () => {}
    },
  })
  return { live, seen }
}
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const event = { cursor: '5-1', topic: 'tasks', type: 'task.changed', at: '2026-01-01T00:00:00.000Z', data: {} }

describe('the live connection', () => {
  it('subscribes to what was asked for and hands events on', async () => {
    const { live, seen } = make()
    live.subscribe('tasks')
    live.start()
    await settle()
    seen.sockets[0]?.accept()
    live.subscribe('alerts')
    seen.sockets[0]?.say(event)
    expect(seen.sockets[0]?.sent).toEqual([{ subscribe: ['tasks'] }, { subscribe: ['tasks', 'alerts'] }])
    expect(seen.events).toEqual([event])
  })

  it('resumes from the last cursor after a break', async () => {
    const { live, seen } = make()
    live.subscribe('tasks')
    live.start()
    await settle()
    seen.sockets[0]?.accept()
    seen.cursor = '5-1'
    seen.sockets[0]?.close()
    expect(seen.states.at(-1)).toBe('retrying')
    seen.waits[0]?.work()
    await settle()
    seen.sockets[1]?.accept()
    expect(seen.sockets[1]?.sent).toEqual([{ subscribe: ['tasks'], since: '5-1' }])
    expect(seen.states.at(-1)).toBe('live')
  })

  it('waits longer after each failure, up to a limit, while the server can’t be reached', async () => {
    const { live, seen } = make(() => Promise.reject(new TypeError('Failed to fetch')))
    live.start()
    for (let failures = 0; failures < 9; failures += 1) {
      await settle()
      seen.waits.at(-1)?.work()
    }
    expect(seen.waits.map(({ seconds }) => seconds).slice(0, 8)).toEqual([0.5, 1, 2, 4, 8, 16, 20, 20])
  })

  it('stays off without a session and after it was stopped', async () => {
    const { live, seen } = make(async () => null)
    live.start()
    await settle()
    expect(seen.states).toEqual(['connecting', 'off'])
    const other = make()
    other.live.start()
    other.live.stop()
    await settle()
    expect(other.seen.sockets).toHaveLength(0)
  })

  it('passes a reset on and ignores what it can’t read', async () => {
    const { live, seen } = make()
    live.start()
    await settle()
    seen.sockets[0]?.accept()
    seen.sockets[0]?.say({ ...event, topic: '', type: 'reset', cursor: '9-1' })
    seen.sockets[0]?.say({ ...event, topic: '', type: 'ready', cursor: '9-2' })
    seen.sockets[0]?.say('no json')
    seen.sockets[0]?.say({ hello: 'there' })
    expect(seen.resets).toEqual(['9-1'])
    expect(seen.ready).toEqual(['9-2'])
    expect(seen.events).toEqual([])
  })
})
