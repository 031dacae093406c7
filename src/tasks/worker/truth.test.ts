import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AwsFailure } from '#aws/failure.ts'
import type { FailureKind } from '#aws/failure.ts'
import { itemTransitions } from '#contracts/task.ts'
import type { ItemStatus } from '#contracts/task.ts'
import type { Clock } from '#platform/clock.ts'
import { fakeAws, testOperation } from '../../../test/support/engine.ts'
import type { Operation, Outcome, Step } from '../operation.ts'
import type { Advance } from '../store/advance-items.ts'
import type { HeldItem } from './held-item.ts'
import { runBatch } from './run-batch.ts'

// One item of a random operation, with an AWS that fails in every way and a worker that dies at any moment: what the item says
// in the end is what was done. The AWS of this test knows what was done; the engine learns it only as it would.

/** Whether a call takes effect, and what its caller hears: an answer, a failure of some kind, or nothing since the worker is dead. */
type Call = { takesEffect: boolean; hears: 'answer' | FailureKind }
/** How many writes of the worker succeed before it dies. */
type Life = { writes: number }

type Shape = { kind: 'act'; effect: 'readable' | 'at-most-once'; canBeTakenBack: boolean } | { kind: 'wait' }

const noon = new Date('2026-01-01T12:00:00Z')
const failure = (kind: FailureKind): AwsFailure =>
  new AwsFailure({ kind, code: `Aws-${kind}`, message: 'It broke.', service: 'test', action: 'Act' })

const simulate = async (shapes: readonly Shape[], calls: readonly Call[], lives: readonly Life[]) => {
  const script = [...calls]
  const nextCall = (): Call => script.shift() ?? { takesEffect: true, hears: 'answer' }
  /** Of each step: whether its effect is there, whether some call for it got no answer, how often it changed something. */
  const truth = shapes.map(() => ({ isThere: false, isLost: false, changes: 0 }))
  const outcomeOf = (error: AwsFailure): Outcome => ({
    kind: 'failed',
    code: error.code,
    message: error.message,
    retry: error.kind === 'permanent' ? 'never' : error.kind,
  })

  const change = (index: number, to: boolean): Outcome => {
    const call = nextCall()
    const effect = truth[index]
    const shape = shapes[index]
    assert.ok(effect && shape?.kind === 'act')
    const isRepeatable = shape.effect === 'readable'
    assert.ok(isRepeatable || !effect.isLost, 'what may have been done and can not be read is never asked for again')
    if (call.hears === 'unknown') effect.isLost = true
    // A refusal says that nothing happened; only an answer, or no answer, leaves an effect.
    const isDone = call.hears === 'answer' || (call.hears === 'unknown' && call.takesEffect)
    // Asking twice for what can be repeated is one effect; a second reboot is a second one.
    if (isDone && (effect.isThere !== to || !isRepeatable)) {
      effect.isThere = to
      if (to) effect.changes++
    }
    return call.hears === 'answer' ? { kind: 'done' } : outcomeOf(failure(call.hears))
  }
  const look = (): void => {
    const { hears } = nextCall()
    if (hears !== 'answer') throw failure(hears)
  }

  const steps = shapes.map((shape, index): Step => {
    const name = `step ${index}`
    if (shape.kind === 'wait') {
      const run = async (): Promise<Outcome[]> => {
        const { hears, takesEffect } = nextCall()
        if (hears !== 'answer') return [outcomeOf(failure(hears === 'unknown' ? 'transient' : hears))]
        return [takesEffect ? { kind: 'done' } : { kind: 'pending', why: 'not yet', againInSeconds: 1 }]
      }
      return { name, description: '', kind: 'wait', timeoutSeconds: 600, run }
    }
    const { effect, canBeTakenBack } = shape
    return {
      name,
      description: '',
      kind: 'act',
      effect,
      run: async () => [change(index, true)],
      ...(effect === 'readable'
        ? { reread: async () => (look(), [truth[index]?.isThere ? { kind: 'done' as const } : null]) }
        : {}),
      ...(canBeTakenBack ? { compensate: async () => [change(index, false)] } : {}),
    }
  })
  const operation: Operation = testOperation({ name: 'test.truth', steps })

  let row: Advance | null = null
  let isDoubtful = false
  let recoveries = 0
  const held = (attempt: number): HeldItem => ({
    account: '111111111111',
    id: '00000000-0000-7000-8000-000000000000',
    taskId: '00000000-0000-7000-8000-000000000001',
    ordinal: 0,
    region: 'eu-west-1',
    targetId: 'arn',
    before: {},
    after: {},
    step: row?.step ?? 0,
    stepAttempt: row?.stepAttempt ?? 0,
    stepStartedAt: noon,
    isArmed: row?.isArmed ?? false,
    isDoubtful: isDoubtful || (row?.isDoubtful ?? false),
    isCompensating: row?.isCompensating ?? false,
    inWait: row?.inWait ?? false,
    steps: row?.steps ?? [],
    attempt,
    move: row?.move ?? 0,
    recoveries,
    priority: 0,
    operation: operation.name,
    operationVersion: 1,
    params: {},
    taskStatus: 'running',
    taskItems: 1,
    error: row?.error ?? null,
    worker: 'w',
    actual: null,
  })
  const statusNow = (): ItemStatus => row?.status ?? 'pending'
  const isOver = (): boolean => itemTransitions[statusNow()].length === 0

  const aws = fakeAws()
  const clock: Clock = { now: () => noon, monotonicMs: () => 0, sleep: async () => {} }
  for (let attempt = 1; !isOver(); attempt++) {
    assert.ok(attempt < 400, 'it goes round for ever')
    let writesLeft = lives[attempt - 1]?.writes ?? Infinity
    const item = held(attempt)
    const step = steps[item.step]
    assert.ok(step, `there is a step ${item.step}`)
    const advance = async (next: Advance): Promise<boolean> => {
      if (writesLeft-- <= 0) throw new Error('Connection terminated unexpectedly') // it is dead: nobody hears it any more
      assert.ok(next.status === 'running' || itemTransitions.running.includes(next.status), `running -> ${next.status}`)
      if (next.status === 'pending' || next.status === 'waiting')
        assert.ok(next.readyAt !== null, 'it says when it is due')
      assert.equal(new Set(next.steps.map(({ name }) => name)).size, next.steps.length, 'each step is recorded once')
      row = next
      isDoubtful = false
      return true
    }
    try {
      await runBatch(
        {
          recorder: { advance },
          lease: { isHeld: () => false },
          clock,
          scope: {
            aws,
            account: await aws.accounts.get('111111111111'),
            region: 'eu-west-1',
            call: { priority: 'bulk' },
          },
          isCancelling: () => false,
          isPaused: () => false,
          onParked: () => {},
          onChanged: () => {},
        },
        { operation, step, account: '111111111111', region: 'eu-west-1', isInteractive: true, items: [item] },
      )
    } catch (error) {
      assert.match(String(error), /Connection terminated/)
      isDoubtful = true
      recoveries++
    }
  }
  return { end: row as Advance | null, truth, shapes }
}

const shape: fc.Arbitrary<Shape> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('act' as const),
      effect: fc.constant('readable' as const),
      canBeTakenBack: fc.constantFrom(true, true, false),
    }),
  },
  { weight: 1, arbitrary: fc.constant<Shape>({ kind: 'act', effect: 'at-most-once', canBeTakenBack: false }) },
  { weight: 2, arbitrary: fc.constant<Shape>({ kind: 'wait' }) },
)
const call: fc.Arbitrary<Call> = fc.record({
  takesEffect: fc.boolean(),
  hears: fc.constantFrom('answer', 'answer', 'answer', 'unknown', 'unknown', 'throttled', 'transient', 'permanent'),
})
const life: fc.Arbitrary<Life> = fc.record({ writes: fc.constantFrom(0, 1, 2, 3, Infinity, Infinity) })

test('whatever fails and whoever dies, what an item says in the end is what was done', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(shape, { minLength: 1, maxLength: 5 }),
      fc.array(call, { maxLength: 40 }),
      fc.array(life, { maxLength: 6 }),
      async (shapes, calls, lives) => {
        const { end, truth } = await simulate(shapes, calls, lives)
        assert.ok(end)
        const acts = shapes.flatMap((each, index) => (each.kind === 'act' ? [{ ...each, ...truth[index]! }] : [])) // of the same length
        assert.ok(
          acts.every(({ changes }) => changes <= 1),
          'no effect twice',
        )
        const code = end.error?.code
        if (end.status === 'succeeded')
          assert.ok(
            acts.every(({ isThere }) => isThere),
            'all of it is there',
          )
        if (end.status === 'compensated')
          assert.ok(
            acts.every(({ isThere, canBeTakenBack }) => !isThere || !canBeTakenBack),
            'all that can be is taken back',
          )
        if (end.status === 'failed' && !['outcome_unknown', 'compensation_failed', 'worker_lost'].includes(code ?? ''))
          assert.ok(
            acts.every(({ isThere, canBeTakenBack }) => !isThere || !canBeTakenBack),
            `${code}: nothing is left that can be taken back`,
          )
      },
    ),
    { numRuns: 2000 },
  )
})
