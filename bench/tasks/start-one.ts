import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { Figures, Measurement } from './measure.ts'
import type { RawLimit } from './raw-limit.ts'
import type { Job } from './run-one.ts'

export type Running = {
  take: (measurement: Measurement) => Promise<Partial<Figures>>
  stop: () => Promise<void>
}

const start = (job: Job) => {
  const child = fork(new URL('./run-one.ts', import.meta.url), [JSON.stringify(job)], {
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const onExit = (): void => void child.kill()
  process.once('exit', onExit)
  child.once('exit', () => process.off('exit', onExit))
  /** The next message. Rejects when the process ends without one. */
  const answer = <T>(): Promise<T> =>
    new Promise((resolve, reject) => {
      const onEnd = (code: number | null): void => reject(new Error(`${job.name} ended with code ${code}`))
      child.once('exit', onEnd)
      child.once('message', (message) => {
        child.off('exit', onEnd)
        resolve(message as T) // run-one.ts sends what it was asked for
      })
    })
  return { child, answer }
}

/** Starts the process of an engine and returns when it is ready. */
export const startOne = async (job: Job): Promise<Running> => {
  const { child, answer } = start(job)
  await answer()
  return {
    take: (measurement) => {
      if (child.exitCode !== null) return Promise.reject(new Error(`${job.name} has ended`))
      child.send(measurement)
      return answer()
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      const patience = setTimeout(() => child.kill('SIGKILL'), 10_000)
      child.send('stop')
      await ended
      clearTimeout(patience)
    },
  }
}

export const runRawLimit = (job: Omit<Job, 'name'>): Promise<RawLimit> =>
  start({ ...job, name: 'raw' }).answer<RawLimit>()
