import { setTimeout as sleep } from 'node:timers/promises'
import { isFinal } from '#contracts/task.ts'
import type { Task } from '#contracts/task.ts'
import type { Client } from './client.ts'

/** Without live events the task is read this often; with them, this often in case one was lost. */
const pollMs = 1_000

/**
 * Reads a task again whenever something happens to it, until it is final. `onChange` gets every state that differs.
 * Follows the live feed; where that can't be had (a proxy without WebSocket) it polls.
 */
export const followTask = async (
  client: Client,
  id: string,
  options: { signal: AbortSignal; onChange: (task: Task) => void },
): Promise<Task> => {
  const news = await subscribe(client, id)
  try {
    let before = ''
    for (;;) {
      const task = await client.get<Task>(`/tasks/${encodeURIComponent(id)}`)
      const state = JSON.stringify([task.status, task.progress])
      if (state !== before) options.onChange(task)
      before = state
      if (isFinal(task.status)) return task
      const rest = new AbortController()
      const poll = sleep(pollMs, undefined, { signal: AbortSignal.any([options.signal, rest.signal]) })
      await Promise.race([news.next(), poll]).finally(() => rest.abort())
    }
  } finally {
    news.close()
  }
}

/** The live events of a task as "something happened"; nothing ever happens when there is no socket. */
const subscribe = async (client: Client, id: string): Promise<{ next: () => Promise<void>; close: () => void }> => {
  let wake = (): void => {}
  let isNews = false
  let socket: WebSocket | undefined
  try {
    const { ticket } = await client.post<{ ticket: string }>('/auth/socket-ticket')
    socket = new WebSocket(client.socketUrl('/live', { ticket }))
    socket.addEventListener('open', () => socket?.send(JSON.stringify({ subscribe: [`tasks/${id}`] })))
    socket.addEventListener('message', () => {
      isNews = true
      wake()
    })
    socket.addEventListener('error', () => {}) // then it polls
  } catch {
    // The same: no ticket, no socket.
  }
  return {
    next: () =>
      new Promise((resolve) => {
        wake = () => {
          isNews = false
          resolve()
        }
        if (isNews) wake()
      }),
    close: () => socket?.close(),
  }
}
