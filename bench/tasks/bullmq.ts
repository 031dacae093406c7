import { Queue, Worker } from 'bullmq'
import type { Job } from 'bullmq'
import { Redis } from 'ioredis'
import { stepsOf } from './contender.ts'
import type { CreateContender, Kind } from './contender.ts'

type Payload = { id: string; step: number }

/** Its step pattern (https://docs.bullmq.io/patterns/process-step-jobs): the job notes in its own data how far it came. */
export const createBullMq =
  (inFlight: number): CreateContender =>
  async ({ url, onStep }) => {
    const connect = () => new Redis(url, { maxRetriesPerRequest: null })
    const producer = connect()
    const queue = new Queue<Payload, void, Kind>('bench', {
      connection: producer,
      defaultJobOptions: { removeOnComplete: true },
    })

    const handlers: Record<Exclude<Kind, 'merged'>, (job: Job<Payload, void, Kind>) => Promise<void>> = {
      one: async ({ data }) => onStep(data.id, 0),
      three: async (job) => {
        const { id } = job.data
        for (let step = job.data.step; step < stepsOf('three'); step++) {
          onStep(id, step)
          // The last step is on record with the completion of the job.
          if (step < stepsOf('three') - 1) await job.updateData({ id, step: step + 1 })
        }
      },
      chained: async ({ data: { id, step } }) => {
        onStep(id, step)
        if (step < stepsOf('chained') - 1) await queue.add('chained', { id, step: step + 1 })
      },
    }
    const consumer = connect()
    const worker = new Worker<Payload, void, Kind>(
      'bench',
      (job) => (job.name === 'merged' ? handlers.three(job) : handlers[job.name](job)),
      {
        connection: consumer,
        concurrency: inFlight,
        autorun: false,
      },
    )
    worker.on('error', (error) => console.error(error))

    return {
      kinds: ['one', 'three', 'chained'],
      enqueue: (kind, id) => queue.add(kind, { id, step: 0 }),
      enqueueMany: (kind, ids) => queue.addBulk(ids.map((id) => ({ name: kind, data: { id, step: 0 } }))),
      startWorker: async () => {
        void worker.run()
        await worker.waitUntilReady()
      },
      hasWork: async () => {
        const counts = await queue.getJobCounts('wait', 'active', 'delayed', 'prioritized')
        return Object.values(counts).some((count) => count > 0)
      },
      stop: async () => {
        await worker.close(true)
        await queue.close()
        producer.disconnect()
        consumer.disconnect()
      },
    }
  }
