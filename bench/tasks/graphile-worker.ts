import { Logger, makeWorkerUtils, run } from 'graphile-worker'
import type { Runner, TaskList } from 'graphile-worker'
import pg from 'pg'
import { checkpointStatement, createCheckpoints } from './checkpoints.ts'
import { concurrency, stepsOf } from './contender.ts'
import type { CreateContender } from './contender.ts'

type Payload = { id: string; step: number }

/** The configuration that its documentation gives for throughput, https://worker.graphile.org/docs/performance. */
const batching = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 }

export const createGraphileWorker =
  (tuning: 'tuned' | 'default', inFlight: number): CreateContender =>
  async ({ url, onStep }) => {
    const pool = new pg.Pool({ connectionString: url, max: concurrency })
    // The next statement tells.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    const preset = {
      worker: {
        concurrentJobs: inFlight,
        logger: new Logger(() => () => {}),
        ...(tuning === 'tuned' ? batching : {}),
      },
    }
    const utils = await makeWorkerUtils({ pgPool: pool, preset })
    await utils.migrate()
    await createCheckpoints(pool)

    // Payloads are the ones that were filed below.
    const taskList: TaskList = {
      one: (payload) => onStep((payload as Payload).id, 0),
      three: async (payload, { withPgClient }) => {
        const { id } = payload as Payload
        for (let step = 0; step < stepsOf('three'); step++) {
          onStep(id, step)
          // The last step is on record with the completion of the job.
          if (step < stepsOf('three') - 1) await withPgClient((client) => client.query(checkpointStatement(id, step)))
        }
      },
      chained: async (payload, { addJob }) => {
        const { id, step } = payload as Payload
        onStep(id, step)
        if (step < stepsOf('chained') - 1) await addJob('chained', { id, step: step + 1 })
      },
    }
    let runner: Runner | undefined

    return {
      kinds: ['one', 'three', 'chained'],
      enqueue: (kind, id) => utils.addJob(kind, { id, step: 0 }),
      enqueueMany: (kind, ids) => utils.addJobs(ids.map((id) => ({ identifier: kind, payload: { id, step: 0 } }))),
      startWorker: async () => {
        runner = await run({ pgPool: pool, preset, taskList, noHandleSignals: true, parsedCronItems: [] })
      },
      hasWork: async () => {
        const { rows } = await pool.query('select exists (select from graphile_worker._private_jobs) as has')
        return rows[0].has as boolean
      },
      stop: async () => {
        await runner?.stop()
        await utils.release()
        await pool.end()
      },
    }
  }
