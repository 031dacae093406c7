import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seed } from '../support/seed.ts'
import { runChaos } from './run.ts'

// A minute of it with every run of the tests; `npm run test:chaos` is the long one, with another seed each time.
test('whatever dies and whatever AWS does: nothing is lost, nothing is done twice, and everything ends true', async () => {
  const size = {
    seed,
    tasks: 250,
    minutes: 1,
    leastTasks: 60,
    lanes: 24,
    workers: 3,
    faultEverySeconds: 2.5,
    areTimesHeld: false,
  }
  const { findings, accepted, faults, report, evidence } = await runChaos({ ...size, print: () => {} })
  console.log(report)
  assert.deepEqual(
    findings,
    [],
    `seed ${seed}. Again: npm run test:chaos -- --seed ${seed} --tasks 250 --minutes 1 --lanes 24 --workers 3\n${evidence}`,
  )
  assert.ok(accepted >= 60 && faults >= 8, `${accepted} tasks met ${faults} faults`)
})
