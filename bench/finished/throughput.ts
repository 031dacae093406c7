import { setTimeout as pause } from 'node:timers/promises'
import { newTestTask, startEngine, testOperation } from '../../test/support/engine.ts'

/** Tasks of one step and one target that the engine files, claims and ends in a second: the measurement ends when the last is on record. */
export const tasksPerSecond = async (url: string, tasks: number): Promise<number> => {
  const operation = testOperation({
    name: 'bench.one',
    steps: [
      {
        name: 'only',
        description: 'The only step',
        kind: 'act',
        effect: 'readable',
        run: async (_scope, targets) => targets.map(() => ({ kind: 'done' as const })),
      },
    ],
  })
  const engine = await startEngine({ url, operations: [operation], concurrency: 50, logLevel: 'error' })
  try {
    await engine.worker.start()
    const startedAt = performance.now()
    for (let filed = 0; filed < tasks; filed += 1_000) {
      await Promise.all(
        Array.from({ length: Math.min(1_000, tasks - filed) }, () => engine.file(newTestTask(operation))),
      )
    }
    const isOpen = async (): Promise<boolean> => {
      const [row] = await engine.db.query<{ is: boolean }>({
        text: 'select exists (select from tasks where open > 0) as is',
      })
      return row?.is ?? false
    }
    while (await isOpen()) await pause(5)
    return (tasks * 1_000) / (performance.now() - startedAt)
  } finally {
    await engine.stop()
  }
}
