import type { Operation } from '../../src/tasks/operation.ts'
import { openDatabase } from '../../src/platform/db/database.ts'
import { migrate } from '../../src/platform/db/migrate.ts'
import { createLog } from '../../src/platform/log.ts'
import { newTestTask, startEngine, testOperation } from '../../test/support/engine.ts'
import { concurrency } from './contender.ts'
import type { CreateContender, Kind, OnStep } from './contender.ts'

/** As many as share a commit at most. */
const filedAtOnce = 250

/**
 * This project's engine as a release runs it: a task is filed with its row, its item, its audit entry and its event, and
 * each step is recorded with the task's counters, audit entries and events before the next begins. Every task has one
 * target; only `merged` takes several of them in one call.
 */
export const createThisEngine: CreateContender = async ({ url, onStep }) => {
  const log = createLog({ level: 'error' })
  const schema = openDatabase({ connectionString: url, log, maxConnections: 1 })
  await migrate(schema)

  const operations: Record<Exclude<Kind, 'chained'>, Operation> = {
    one: operation('bench.one', 1, 1, onStep),
    three: operation('bench.three', 3, 1, onStep),
    merged: operation('bench.merged', 3, concurrency, onStep),
  }
  const engine = await startEngine({ url, operations: Object.values(operations), concurrency, logLevel: 'error' })
  const file = (kind: Kind, id: string): Promise<unknown> => {
    if (kind === 'chained') throw new RangeError('Steps are the own of this engine; they are not chained.')
    const task = newTestTask(operations[kind])
    return engine.file({ ...task, items: task.items.map((item) => ({ ...item, targetId: id })) })
  }

  // Finished tasks stay in the table, and ids are in the order of time: the question goes on where it found an open one, so that
  // it isn't the history that is measured (50 ms for 40,000 tasks).
  let oldestOpen = '00000000-0000-0000-0000-000000000000'

  return {
    kinds: ['one', 'three', 'merged'],
    enqueue: file,
    // The first are on their way while the next are put together.
    enqueueMany: async (kind, ids) => {
      const filed: Promise<unknown>[] = []
      for (let at = 0; at < ids.length; at += filedAtOnce) {
        filed.push(...ids.slice(at, at + filedAtOnce).map((id) => file(kind, id)))
        await new Promise(setImmediate)
      }
      await Promise.all(filed)
    },
    enqueueBulk: (items) => engine.file(newTestTask(operations.three, { targets: items })),
    startWorker: engine.worker.start,
    hasWork: async () => {
      const [row] = await schema.query<{ id: string }>({
        name: 'bench.open',
        text: 'select id from tasks where id >= $1 and open > 0 order by id limit 1',
        values: [oldestOpen],
      })
      if (row) oldestOpen = row.id
      return row !== undefined
    },
    stop: async () => {
      await engine.stop()
      await schema.close()
    },
  }
}

const operation = (name: string, steps: number, batchSize: number, onStep: OnStep): Operation =>
  testOperation({
    name,
    batchSize,
    steps: Array.from({ length: steps }, (_, step) => ({
      name: `step ${step + 1}`,
      description: `Step ${step + 1}`,
      kind: 'act' as const,
      effect: 'readable' as const,
      run: async (_scope, targets) =>
        targets.map((target) => {
          onStep(target.id, step)
          return { kind: 'done' as const }
        }),
    })),
  })
