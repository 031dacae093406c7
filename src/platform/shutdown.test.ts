import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLog } from './log.ts'
import { createShutdown } from './shutdown.ts'

test('a step may have more time than the others, and one that hangs is left behind', async () => {
  const ended: string[] = []
  const shutdown = createShutdown(createLog({ level: 'silent' }), 0.01)
  const slow = (name: string) => () =>
    new Promise<void>((resolve) => {
      setTimeout(() => resolve(void ended.push(name)), 60)
    })
  shutdown.add('first', () => void ended.push('first'))
  shutdown.add('patient', slow('patient'), 10)
  shutdown.add('hanging', () => new Promise<void>(() => {}))
  await shutdown.run()
  assert.deepEqual(ended, ['patient', 'first'])
})
