import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { FaultDraft } from '#contracts/sandbox.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import type { Call } from '../call.ts'
import { AwsFailure } from '../failure.ts'
import { place } from '../testing/host.ts'
import { openSandboxAws } from '../testing/sandbox-aws.ts'

/** Calls through the real SDK, with its own retries, against a sandbox that fails on demand. */
let drop: () => Promise<void>
let opened: Awaited<ReturnType<typeof openSandboxAws>>
let next: () => string
let isAway = false
/** What the shared quota's answer waits for. */
let gate: Promise<void> = Promise.resolve()
before(async () => {
  const fresh = await freshDatabase()
  drop = fresh.drop
  opened = await openSandboxAws({
    ...fresh.db,
    query: async (statement) => {
      if (isAway) throw new Error('Connection terminated unexpectedly')
      if (statement.text.includes('grant_quota')) await gate
      return fresh.db.query(statement)
    },
  })
  const ids: string[] = []
  for (const { id } of opened.plain.slice(0, 40))
    if (!(await opened.ec2.isStopProtected({ priority: 'interactive' }, id))) ids.push(id)
  next = () => ids.pop() ?? assert.fail('no instance left')
})
after(async () => {
  await opened.close()
  await drop()
})
afterEach(async () => {
  await opened.host.control.clearFaults()
  // One test's failures in a row are not the next one's.
  const answers = (): Promise<true> => opened.ec2.describeInstances(call, ['i-none']).then(() => true)
  await waitFor('the breaker to close', () => answers().catch(() => false as const))
})

const call: Call = { priority: 'interactive' }
/** Counts attempts. */
const counted = (): { call: Call; attempts: () => number } => {
  let attempts = 0
  return { attempts: () => attempts, call: { priority: 'interactive', beforeAttempt: () => (attempts++, 30_000) } }
}
const fail = (kind: FaultDraft['kind'], action: string, more: Partial<FaultDraft> = {}) =>
  opened.host.control.addFault({ kind, action, ...place, probability: 1, ...more })
const failure = async (work: Promise<unknown>): Promise<AwsFailure> => {
  const error = await work.then(
    () => assert.fail('it did not fail'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof AwsFailure, String(error))
  return error
}
const effectOf = async (id: string, action: string): Promise<[accepted: number, changed: number]> => {
  const effect = (await opened.host.control.effects([id])).find((each) => each.action === action)
  return [effect?.accepted ?? 0, effect?.changed ?? 0]
}

describe('throttles', () => {
  test('one is retried by the SDK, and nobody notices', async () => {
    const id = next()
    await fail('throttle', 'StopInstances', { times: 1 })
    const { call, attempts } = counted()
    await opened.ec2.stopInstances(call, [id], {})
    assert.equal(attempts(), 2)
    assert.deepEqual(await effectOf(id, 'StopInstances'), [1, 1])
  })

  test('going on, they are said to be throttles, and the bucket was drained', async () => {
    await fail('throttle', 'DescribeVolumes')
    const { call, attempts } = counted()
    const list = opened.ec2.listVolumes(call)[Symbol.asyncIterator]()
    const error = await failure(list.next())
    assert.deepEqual(
      [error.kind, error.code, error.service, error.action],
      ['throttled', 'RequestLimitExceeded', 'ec2', 'DescribeVolumes'],
    )
    assert.equal(attempts(), 3)
  })
})

describe('an effect whose outcome is unknown', () => {
  test('reboot: no second attempt, and the failure says unknown', async () => {
    const id = next()
    await fail('connection-lost-after-effect', 'RebootInstances')
    const { call, attempts } = counted()
    const error = await failure(opened.ec2.rebootInstances(call, [id]))
    assert.equal(error.kind, 'unknown')
    assert.equal(attempts(), 1)
    assert.deepEqual(await effectOf(id, 'RebootInstances'), [1, 1])
  })

  test('reboot: the same when AWS says 500, which need not mean that nothing happened', async () => {
    const id = next()
    await fail('server-error', 'RebootInstances')
    const { call, attempts } = counted()
    assert.equal((await failure(opened.ec2.rebootInstances(call, [id]))).kind, 'unknown')
    assert.equal(attempts(), 1)
  })

  test('reboot: a throttle is a plain no, and is retried', async () => {
    const id = next()
    await fail('throttle', 'RebootInstances', { times: 1 })
    await opened.ec2.rebootInstances(call, [id])
    assert.deepEqual(await effectOf(id, 'RebootInstances'), [1, 1])
  })

  test('stop: an attempt that gets no answer is given up in its time and repeated, which does no harm', async () => {
    const id = next()
    await fail('timeout-after-effect', 'StopInstances', { times: 1 })
    // The first has two seconds, and no answer ever comes to it.
    let attempts = 0
    const hasty: Call = { ...call, beforeAttempt: () => (++attempts === 1 ? 2_000 : 30_000) }
    const [change] = await opened.ec2.stopInstances(hasty, [id], {})
    assert.equal(change?.previous, 'stopping')
    assert.equal(attempts, 2)
    assert.deepEqual(await effectOf(id, 'StopInstances'), [2, 1])
  })

  test('stop: what a later attempt says is no answer to the first', async () => {
    const id = next()
    await fail('connection-lost-after-effect', 'StopInstances', { times: 1 })
    // The first attempt meets no fault before its effect, the second is denied.
    const { call, attempts } = counted()
    const denying: Call = {
      ...call,
      beforeAttempt: () => {
        if (attempts() === 1) void fail('access-denied', 'StopInstances')
        return call.beforeAttempt?.() ?? 0
      },
    }
    const error = await failure(opened.ec2.stopInstances(denying, [id], {}))
    assert.equal(error.kind, 'unknown')
    assert.deepEqual(await effectOf(id, 'StopInstances'), [1, 1])
  })
})

describe('errors are told apart', () => {
  const kinds: [FaultDraft['kind'], string, AwsFailure['kind'], string][] = [
    ['access-denied', 'StartInstances', 'permanent', 'UnauthorizedOperation'],
    ['expired-credentials', 'StartInstances', 'permanent', 'RequestExpired'],
    ['insufficient-capacity', 'StartInstances', 'permanent', 'InsufficientInstanceCapacity'],
    ['region-down', 'StartInstances', 'transient', 'ECONNREFUSED'],
    ['server-error', 'StartInstances', 'unknown', 'InternalError'],
  ]
  for (const [fault, action, kind, code] of kinds) {
    test(`${fault} of a write is ${kind}`, async () => {
      const id = next()
      await fail(fault, action)
      const error = await failure(opened.ec2.startInstances(call, [id]))
      assert.deepEqual([error.kind, error.code], [kind, code])
      assert.deepEqual(await effectOf(id, 'StartInstances'), [0, 0])
    })
  }

  test('a 500 of a read is transient, and the SDK gets over one', async () => {
    const id = next()
    await fail('server-error', 'DescribeInstances', { times: 1 })
    assert.equal((await opened.ec2.describeInstances(call, [id])).length, 1)
    await fail('server-error', 'DescribeInstances')
    assert.equal((await failure(opened.ec2.describeInstances(call, [id]))).kind, 'transient')
  })
})

describe('before an attempt', () => {
  test('who must not make it is not made to: the reason comes back as it is, nothing was sent', async () => {
    const id = next()
    const reason = new Error('the lease is too old')
    const refuse: Call = {
      priority: 'bulk',
      beforeAttempt: () => {
        throw reason
      },
    }
    await assert.rejects(opened.ec2.stopInstances(refuse, [id], {}), (error) => error === reason)
    assert.deepEqual(await effectOf(id, 'StopInstances'), [0, 0])
  })

  test('a call that would stand in line for longer than it wants to is given back, nothing was sent', async () => {
    const id = next()
    const impatient: Call = { ...call, waitsAtMostMs: 0 }
    let open = (): void => {}
    gate = new Promise<void>((resolve) => (open = resolve))
    const error = await failure(opened.ec2.stopInstances(impatient, [id], {})).finally(() => open())
    assert.deepEqual([error.kind, error.code], ['transient', 'WaitingForQuota'])
    assert.notEqual(error.heldUntil, undefined)
    assert.deepEqual(await effectOf(id, 'StopInstances'), [0, 0])
  })

  test('while the database with the shared quota is away nothing is sent, and it is worth another try', async () => {
    const id = next()
    isAway = true
    const asked = new Date()
    const error = await failure(opened.ec2.rebootInstances(call, [id])).finally(() => (isAway = false))
    assert.deepEqual([error.kind, error.code], ['transient', 'QuotaUnavailable'])
    // It says nothing about the call, so it must cost no attempt of it.
    assert.ok(error.heldUntil !== undefined && error.heldUntil > asked)
    assert.deepEqual(await effectOf(id, 'RebootInstances'), [0, 0])
    await opened.ec2.rebootInstances(call, [id])
    assert.deepEqual(await effectOf(id, 'RebootInstances'), [1, 1])
  })

  test('it is asked again before a retry', async () => {
    const id = next()
    await fail('throttle', 'StopInstances')
    let asked = 0
    const reason = new Error('the lease is too old')
    const once: Call = {
      priority: 'bulk',
      beforeAttempt: () => {
        if (++asked > 1) throw reason
        return 30_000
      },
    }
    await assert.rejects(opened.ec2.stopInstances(once, [id], {}), (error) => error === reason)
  })

  test('an effect under way is not given up with its caller: its answer comes, and nothing new begins', async () => {
    const id = next()
    const latency = await fail('latency', 'RebootInstances', { milliseconds: 500 })
    const isUnderWay = async (): Promise<boolean> =>
      (await opened.host.control.listFaults()).some((fault) => fault.id === latency.id && fault.hits === 1)
    const stopping = new AbortController()
    const stopped: Call = { priority: 'interactive', signal: stopping.signal, beforeAttempt: () => 30_000 }
    const calling = opened.ec2.rebootInstances(stopped, [id])
    await waitFor('the call to be under way', isUnderWay)
    stopping.abort()
    await calling
    const error = await failure(opened.ec2.rebootInstances(stopped, [id]))
    assert.deepEqual([error.kind, error.code], ['transient', 'AbortError'])
    assert.deepEqual(await effectOf(id, 'RebootInstances'), [1, 1])
  })

  test('nor does a retry begin after its caller gave up', async () => {
    const id = next()
    await fail('throttle', 'RebootInstances')
    const stopping = new AbortController()
    let asked = 0
    const stopped: Call = {
      priority: 'interactive',
      signal: stopping.signal,
      beforeAttempt: () => {
        asked++
        stopping.abort()
        return 30_000
      },
    }
    assert.equal((await failure(opened.ec2.rebootInstances(stopped, [id]))).kind, 'transient')
    assert.equal(asked, 1)
    assert.deepEqual(await effectOf(id, 'RebootInstances'), [0, 0])
  })

  test('a caller who gives up gets control back at once', async () => {
    await fail('latency', 'DescribeInstances', { milliseconds: 2000 })
    const error = await failure(
      opened.ec2.describeInstances({ priority: 'interactive', signal: AbortSignal.timeout(50) }, [next()]),
    )
    assert.deepEqual([error.kind, error.code], ['transient', 'AbortError'])
  })
})
