import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AwsFailure } from '#aws/failure.ts'
import type { Clock } from '#platform/clock.ts'
import { fakeAws, testOperation } from '../../../test/support/engine.ts'
import type { Operation, Outcome, Step, StepTarget } from '../operation.ts'
import type { Advance } from '../store/advance-items.ts'
import type { HeldItem } from './held-item.ts'
import { runBatch } from './run-batch.ts'

const noon = new Date('2026-01-01T12:00:00Z')
const later = (seconds: number) => new Date(noon.getTime() + seconds * 1000)

const itemAt = (index: number, more: Partial<HeldItem>): HeldItem => ({
  account: '111111111111',
  id: `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`,
  taskId: '00000000-0000-7000-8000-000000000001',
  ordinal: index,
  region: 'eu-west-1',
  targetId: `arn-${index}`,
  before: {},
  after: {},
  step: 0,
  stepAttempt: 0,
  stepStartedAt: noon,
  isArmed: false,
  isDoubtful: false,
  isCompensating: false,
  inWait: false,
  steps: [],
  move: 0,
  attempt: 1,
  recoveries: 0,
  priority: 0,
  operation: 'test.batch',
  operationVersion: 1,
  params: {},
  taskStatus: 'running',
  taskItems: 1,
  error: null,
  worker: 'w',
  actual: null,
  ...more,
})

/** Runs a batch against a recorder that takes everything; says what each item came to. */
const run = async (operation: Operation, items: HeldItem[], now: Date): Promise<Map<string, Advance>> => {
  const last = new Map<string, Advance>()
  const [first] = items
  const step = operation.steps[first?.step ?? -1]
  assert.ok(first && step)
  const clock: Clock = { now: () => now, monotonicMs: () => now.getTime(), sleep: async () => {} }
  const aws = fakeAws()
  await runBatch(
    {
      recorder: { advance: async (advance) => (last.set(advance.id, advance), true) },
      lease: { isHeld: () => true },
      clock,
      scope: { aws, account: await aws.accounts.get(first.account), region: first.region, call: { priority: 'bulk' } },
      isCancelling: () => false,
      isPaused: () => false,
      onParked: () => {},
      onChanged: () => {},
    },
    { operation, step, account: first.account, region: first.region, isInteractive: true, items },
  )
  return last
}

const step = (name: string, more: object): Step => ({ name, description: name, ...more }) as unknown as Step

/** A check whose answer is given, and an effect that is throttled; tells in what order they were called. */
const checked = (found: Outcome) => {
  const calls: string[] = []
  const answer = (name: string, outcome: Outcome) => async (_scope: unknown, targets: readonly StepTarget[]) => {
    calls.push(name)
    return targets.map(() => outcome)
  }
  const throttled: Outcome = { kind: 'failed', code: 'RequestLimitExceeded', message: 'Later.', retry: 'throttled' }
  const operation = testOperation({
    name: 'test.batch',
    batchSize: 10,
    steps: [
      step('check', { kind: 'check', run: answer('check', found) }),
      step('act', { kind: 'act', effect: 'readable', run: answer('act', throttled) }),
    ],
  })
  return { calls, operation }
}
const throttledItem = itemAt(0, { step: 1, stepAttempt: 7 })

test('who waited for more than a minute before acting is checked once more, and its attempts still count', async () => {
  const { calls, operation } = checked({ kind: 'done' })
  const ends = await run(operation, [throttledItem], later(61))
  assert.deepEqual(calls, ['check', 'act'])
  const end = ends.get(throttledItem.id)
  assert.deepEqual([end?.status, end?.step, end?.stepAttempt, end?.stepStartedAt], ['pending', 1, 8, later(61)])
})

test('a target that drifted while its item waited is not touched', async () => {
  const { calls, operation } = checked({ kind: 'drifted', why: 'state is stopped' })
  const ends = await run(operation, [throttledItem], later(3 * 86_400))
  assert.deepEqual(calls, ['check'])
  const end = ends.get(throttledItem.id)
  assert.deepEqual([end?.status, end?.error?.message], ['drifted', 'state is stopped'])
})

test('who acts soon, or may have acted, is not checked again', async () => {
  for (const [item, now] of [
    [throttledItem, later(30)],
    [{ ...throttledItem, isDoubtful: true }, later(3600)],
  ] as const) {
    const { calls, operation } = checked({ kind: 'drifted', why: 'our own effect' })
    await run(operation, [item], now)
    assert.deepEqual(calls, ['act'])
  }
})

test('what waited together is taken back in batches of the size that the acting call takes', async () => {
  const sizes: number[] = []
  const operation = testOperation({
    name: 'test.batch',
    batchSize: 50,
    steps: [
      step('act', {
        kind: 'act',
        effect: 'readable',
        run: () => assert.fail('it acted already'),
        compensate: async (_scope: unknown, targets: readonly StepTarget[]): Promise<Outcome[]> => {
          sizes.push(targets.length)
          return targets.map(() => ({ kind: 'done' }))
        },
      }),
      step('wait', {
        kind: 'wait',
        timeoutSeconds: 60,
        run: async (_scope: unknown, targets: readonly StepTarget[]): Promise<Outcome[]> =>
          targets.map(() => ({ kind: 'pending', why: 'not yet', againInSeconds: 1 })),
      }),
    ],
  })
  const act = { name: 'act', status: 'succeeded' as const, attempt: 1, startedAt: null, finishedAt: null }
  const items = Array.from({ length: 120 }, (_, index) =>
    itemAt(index, { step: 1, stepAttempt: 2, inWait: true, steps: [act] }),
  )
  const ends = await run(operation, items, later(61))
  assert.deepEqual(sizes, [50, 50, 20])
  assert.ok([...ends.values()].every(({ status }) => status === 'compensated'))
})

test('an effect that is in doubt in a Region that is down is looked for later, and its attempts count', async () => {
  const about = { service: 'ec2', action: 'DescribeInstances' }
  const operation = testOperation({
    name: 'test.batch',
    steps: [
      step('act', {
        kind: 'act',
        effect: 'readable',
        run: () => assert.fail('it may be done already'),
        reread: async () => {
          throw new AwsFailure({ ...about, kind: 'transient', code: 'ECONNREFUSED', message: 'connect ECONNREFUSED' })
        },
      }),
    ],
  })
  const lost = itemAt(0, { stepAttempt: 1, isDoubtful: true })
  const end = (await run(operation, [lost], later(2))).get(lost.id)
  assert.deepEqual([end?.status, end?.stepAttempt, end?.isDoubtful], ['pending', 2, true])
})

test('an effect that is in doubt and may not be looked at any more is taken back, not forgotten', async () => {
  const calls: string[] = []
  const operation = testOperation({
    name: 'test.batch',
    steps: [
      step('act', {
        kind: 'act',
        effect: 'readable',
        run: () => assert.fail('it may be done already'),
        reread: async () => {
          const about = { service: 'ec2', action: 'DescribeInstances' }
          throw new AwsFailure({ ...about, kind: 'permanent', code: 'UnauthorizedOperation', message: 'No.' })
        },
        compensate: async (_scope: unknown, targets: readonly StepTarget[]): Promise<Outcome[]> => {
          calls.push('compensate')
          return targets.map(() => ({ kind: 'done' }))
        },
      }),
    ],
  })
  const lost = itemAt(0, { stepAttempt: 1, isDoubtful: true })
  const end = (await run(operation, [lost], later(2))).get(lost.id)
  assert.deepEqual(calls, ['compensate'])
  assert.deepEqual([end?.status, end?.error?.code], ['compensated', 'UnauthorizedOperation'])
})

test('after a crash what was armed may have been done and is not repeated; what was not armed yet is done, for the first time', async () => {
  const acted: string[] = []
  const reboot = step('reboot', {
    kind: 'act',
    effect: 'at-most-once',
    run: async (_scope: unknown, targets: readonly StepTarget[]) =>
      targets.map((target): Outcome => {
        acted.push(target.id)
        return { kind: 'done' }
      }),
  })
  const operation = testOperation({ name: 'test.batch', batchSize: 10, steps: [reboot] })
  const items = [itemAt(1, { isDoubtful: true }), itemAt(2, { isDoubtful: true, isArmed: true })] as const
  const last = await run(operation, [...items], noon)
  assert.deepEqual(acted, ['arn-1'])
  assert.equal(last.get(items[0].id)?.status, 'succeeded')
  const unknown = last.get(items[1].id)
  assert.deepEqual([unknown?.status, unknown?.error?.code], ['failed', 'outcome_unknown'])
})
