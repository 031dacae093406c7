import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import { follow } from '../support/follow.ts'
import type { Stubborn } from './client.ts'

/** The feed and what it says of each task: so that nobody has to ask for every task all the time. */
export const followNews = async (client: Stubborn) => {
  const feed = await follow(client, ['tasks'])
  const status = new Map<string, Task['status']>()
  let read = 0
  const catchUp = (): void => {
    for (; read < feed.events.length; read++) {
      const data = feed.events[read]?.data as Partial<Task> | null
      if (data?.id !== undefined && data.status !== undefined) status.set(data.id, data.status)
    }
  }
  const isOver = (id: string): boolean => {
    catchUp()
    const last = status.get(id)
    return last !== undefined && isFinal(last)
  }

  return {
    events: feed.events,
    reconnections: feed.reconnections,
    stop: feed.stop,
    /** Resolves with the task once it is over; asks by itself where the feed says nothing for long. */
    ended: async (id: string, limitSeconds: number): Promise<Task> => {
      const until = performance.now() + limitSeconds * 1000
      for (let round = 1; ; round++) {
        if (isOver(id) || round % 100 === 0) {
          const task = await client.ok<Task>('GET', `/tasks/${id}`)
          if (isFinal(task.status)) return task
        }
        if (performance.now() > until) throw new Error(`task ${id} is not over after ${limitSeconds} s`)
        await sleep(50)
      }
    },
  }
}
export type News = Awaited<ReturnType<typeof followNews>>
