import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Breaker, Pass } from '../breaker/breaker.ts'
import type { Limiter } from '../quotas/limiter.ts'
import type { Effect } from './classify.ts'
import { guardAttempts, NotSent } from './attempts.ts'

type Handler = (args: object) => Promise<unknown>

const place = { cloud: 'sandbox', account: '111111111111', region: 'eu-west-1', service: 'ec2', speed: 1 } as const

/** One attempt as the SDK makes it: what stands before its signing, the signing, what stands after it, the sending. */
const attemptWith = async (options: { signing: () => Promise<void>; timeoutMs: number; effect: Effect }) => {
  const told: string[] = []
  const pass: Pass = {
    answered: async () => void told.push('answered'),
    unanswered: async () => void told.push('unanswered'),
    unused: () => void told.push('unused'),
  }
  const breaker: Breaker = { check: async () => {}, pass: async () => pass, list: async () => [], tell: () => {} }
  const grant = { isStale: () => false, spent: () => {}, succeeded: () => {}, throttled: async () => {} }
  const limiter: Limiter = { take: async () => grant, close: () => {} }
  const middlewares: Partial<Record<'before' | 'after', (next: Handler) => Handler>> = {}
  const attempts = guardAttempts(
    { addRelativeTo: (middleware, { relation }) => void (middlewares[relation] = middleware) },
    {
      limiter,
      breaker,
      place,
      need: { scope: 'x', buckets: [], speed: 1 },
      call: { priority: 'bulk', beforeAttempt: () => options.timeoutMs },
      effect: options.effect,
      send: {},
    },
  )
  let sent = 0
  const { before, after } = middlewares
  assert.ok(before && after)
  const last = after(async () => ++sent)
  const sign: Handler = async (args) => {
    await options.signing()
    return last({ ...args, request: 'signed' })
  }
  const outcome = await before(sign)({}).catch((error: unknown) => error)
  return { attempts, told, outcome, sent: () => sent }
}

/** As a process that is stopped: no timer of its own runs meanwhile. */
const standStill = (milliseconds: number): void => {
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}

for (const effect of ['read', 'repeatable', 'at-most-once'] as const) {
  test(`who was stopped between the question and the sending for longer than it may take does not send (${effect})`, async () => {
    const { attempts, told, sent } = await attemptWith({
      signing: async () => standStill(30),
      timeoutMs: 20,
      effect,
    })
    assert.equal(sent(), 0)
    assert.ok(attempts.stopped?.reason instanceof NotSent)
    assert.equal(attempts.lost, undefined, 'it is known that nothing happened')
    assert.deepEqual(told, ['unused'], 'and it says nothing about AWS')
  })
}

test('an attempt that was given up while it waited for its signature is not sent when that comes', async () => {
  const signature = Promise.withResolvers<void>()
  const { attempts, outcome, sent } = await attemptWith({
    signing: () => signature.promise,
    timeoutMs: 10,
    effect: 'repeatable',
  })
  assert.equal((outcome as Error).name, 'TimeoutError')
  assert.equal(attempts.lost, outcome, 'nobody knows that it was not sent')
  signature.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(sent(), 0)
})

test('who is in time sends', async () => {
  const { told, outcome, sent } = await attemptWith({
    signing: async () => {},
    timeoutMs: 60_000,
    effect: 'repeatable',
  })
  assert.deepEqual([sent(), outcome, told], [1, 1, ['answered']])
})
