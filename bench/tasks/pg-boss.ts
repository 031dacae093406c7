import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import type { Job } from 'pg-boss'
import { checkpointStatement, checkpointsStatement, createCheckpoints } from './checkpoints.ts'
import { concurrency, stepsOf } from './contender.ts'
import type { CreateContender, Kind } from './contender.ts'

type Payload = { id: string; step: number }

const kinds: readonly Kind[] = ['one', 'three', 'chained', 'merged']

/**
 * `work`: its own workers, woken by notifications, with batches as large as `inFlight`. `fetch`: its fetch() and
 * complete() in a loop of two lanes with half of it each, so that one lane works while the other one asks.
 */
export const createPgBoss =
  (mode: 'work' | 'fetch', inFlight: number): CreateContender =>
  async ({ url, onStep }) => {
    const boss = new PgBoss({
      connectionString: url,
      max: concurrency,
      connectionTimeoutMillis: 120_000, // what is offered faster than it can be filed waits for a connection
      schedule: false,
      useListenNotify: mode === 'work',
    })
    boss.on('error', (error) => console.error(error))
    await boss.start()
    for (const kind of kinds) await boss.createQueue(kind, { notify: mode === 'work' })
    const pool = new pg.Pool({ connectionString: url, max: concurrency })
    pool.on('error', () => {}) // the next statement tells
    await createCheckpoints(pool)

    const threeSteps = async (id: string): Promise<void> => {
      for (let step = 0; step < stepsOf('three'); step++) {
        onStep(id, step)
        // The last step is on record with the completion of the batch.
        if (step < stepsOf('three') - 1) await pool.query(checkpointStatement(id, step))
      }
    }
    const handlers: Record<Kind, (jobs: readonly Job<Payload>[]) => Promise<void>> = {
      one: async (jobs) => {
        for (const { data } of jobs) onStep(data.id, 0)
      },
      three: async (jobs) => {
        await Promise.all(jobs.map(({ data }) => threeSteps(data.id)))
      },
      merged: async (jobs) => {
        const ids = jobs.map(({ data }) => data.id)
        for (let step = 0; step < stepsOf('merged'); step++) {
          for (const id of ids) onStep(id, step)
          if (step < stepsOf('merged') - 1) await pool.query(checkpointsStatement(ids, step))
        }
      },
      chained: async (jobs) => {
        for (const { data } of jobs) onStep(data.id, data.step)
        const next = jobs
          .filter(({ data }) => data.step < stepsOf('chained') - 1)
          .map(({ data }) => ({ data: { id: data.id, step: data.step + 1 } }))
        if (next.length > 0) await boss.insert('chained', next)
      },
    }

    let isStopping = false
    let isResting = false
    const lanes: Promise<void>[] = []
    const lane = async (kind: Kind): Promise<void> => {
      while (!isStopping) {
        const jobs = isResting ? [] : await boss.fetch<Payload>(kind, { batchSize: inFlight / 2 })
        if (jobs.length === 0) await sleep(10)
        else {
          await handlers[kind](jobs)
          await boss.complete(
            kind,
            jobs.map((job) => job.id),
          )
        }
      }
    }

    return {
      kinds,
      enqueue: (kind, id) => boss.send(kind, { id, step: 0 }),
      enqueueMany: (kind, ids) =>
        boss.insert(
          kind,
          ids.map((id) => ({ data: { id, step: 0 } })),
        ),
      startWorker: async () => {
        for (const kind of kinds) {
          if (mode === 'fetch') lanes.push(lane(kind), lane(kind))
          else {
            const options = { batchSize: inFlight, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
            await boss.work<Payload>(kind, options, handlers[kind])
          }
        }
      },
      rest: (now) => {
        isResting = now
      },
      hasWork: async () => {
        const { rows } = await pool.query(`select exists (select from pgboss.job where state < 'completed') as has`)
        return rows[0].has as boolean
      },
      stop: async () => {
        isStopping = true
        await Promise.all(lanes)
        await boss.stop({ graceful: false })
        await pool.end()
      },
    }
  }
