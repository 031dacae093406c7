import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { freshDatabase } from '../../test/support/database.ts'
import { arnOf, createFakeAws, createFakeEc2, instance, refusal, sandboxAccount } from '../../test/support/fake-ec2.ts'
import type { FakeEc2 } from '../../test/support/fake-ec2.ts'
import type { Account } from '#aws/cloud.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import type { RolloutRequest } from '#contracts/bulk.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Resource } from '#contracts/resource.ts'
import { AppError } from '#platform/app-error.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Access } from '#security/access.ts'
import type { SelfApproval } from './approval-rules.ts'
import { createCatalogue } from './catalogue.ts'
import { createPlanner } from './plan.ts'

const ann: Principal = {
  userId: 'ann',
  email: 'ann@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
const allowAll: Pick<Access, 'decide'> = { decide: async () => ({ allowed: true, reasons: [] }) }

let db: Database
let drop: () => Promise<void>
before(async () => ({ db, drop } = await freshDatabase()))
after(() => drop())

const resourceOf = (one: Ec2Instance, type = 'ec2.instance'): Resource => ({
  id: one.arn,
  type,
  account: one.account,
  region: one.region,
  name: null,
  state: one.state,
  tags: one.tags,
  cost: null,
  summary: {},
  config: {},
  firstSeenAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-01T00:00:00.000Z',
})

const setUp = (
  instances: readonly Ec2Instance[],
  given: {
    access?: Pick<Access, 'decide'>
    accounts?: Account[]
    selfApproval?: SelfApproval
    speed?: number
    ec2?: FakeEc2
    /** What the inventory says that they are. */
    type?: string
  } = {},
) => {
  const ec2 = given.ec2 ?? createFakeEc2(instances)
  let now = new Date('2026-03-01T12:00:00.000Z')
  const clock: Clock = { now: () => now, monotonicMs: () => now.getTime(), sleep: async () => {} }
  const inventory = new Map(instances.map((one) => [one.id, resourceOf(one, given.type)]))
  const planner = createPlanner({
    db,
    clock,
    aws: createFakeAws(ec2, given.accounts ?? [sandboxAccount], given.speed),
    access: given.access ?? allowAll,
    catalogue: createCatalogue(),
    selfApproval: given.selfApproval ?? 'sandbox',
    resolveTargets: async (_principal, targets) => {
      if ('query' in targets) return { resources: [...inventory.values()], unknown: [] }
      if (!('ids' in targets)) return { resources: [], unknown: [] }
      const known = targets.ids.map((id) => [id, inventory.get(id.slice(id.lastIndexOf('/') + 1))] as const)
      return {
        resources: known.flatMap(([, resource]) => resource ?? []),
        unknown: known.filter(([, resource]) => resource === undefined).map(([id]) => id),
      }
    },
  })
  const stop = (ids: string[], params: unknown = {}, rollout: RolloutRequest = {}) =>
    planner.plan({ principal: ann, operation: 'ec2.stop', targets: { ids }, params, rollout })
  return { planner, ec2, stop, pass: (ms: number) => void (now = new Date(now.getTime() + ms)) }
}

const refusalOf = async (work: Promise<unknown>): Promise<AppError> => {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  )
  assert.ok(thrown instanceof AppError, `expected a refusal, got ${String(thrown)}`)
  return thrown
}

test('a plan names what happens to each target and why the others are left out', async () => {
  const { stop } = setUp([
    instance('i-1', { tags: { Name: 'web-1' } }),
    instance('i-2', { state: 'stopped' }),
    instance('i-3', { tags: { 'aws:autoscaling:groupName': 'web' } }),
    instance('i-4', { publicIp: '3.4.5.6', isPublicIpAutoAssigned: true }),
  ])
  const plan = await stop(['i-4', 'i-3', 'i-2', 'i-1', 'i-1', 'i-404'])
  assert.deepEqual(
    plan.targets.map(({ id, name }) => [id, name]),
    [
      [arnOf('i-1'), 'web-1'],
      [arnOf('i-4'), null],
    ],
  )
  assert.equal(plan.targets[0]?.before['state'], 'running')
  assert.equal(plan.targets[0]?.after['state'], 'stopped')
  assert.equal(plan.targets[0]?.warnings, undefined)
  assert.match(plan.targets[1]?.warnings?.join() ?? '', /3\.4\.5\.6/)
  assert.deepEqual(plan.excluded.map(({ id }) => id).sort(), [arnOf('i-2'), arnOf('i-3'), 'i-404'].sort())
  assert.match(plan.excluded.find(({ id }) => id === 'i-404')?.why ?? '', /^unknown: no ec2\.instance /)
  assert.equal(plan.risk, 'R2')
  assert.equal(plan.undo, 'best-effort')
  assert.equal(plan.approvals.needed, 0)
  assert.ok(plan.monthlyCostDeltaUsd < 0, 'stopping saves')
  assert.deepEqual(plan.expectedSeconds, { calls: 0, waits: 45, total: 45 })
  assert.deepEqual(
    plan.steps.map(({ name }) => name),
    ['check', 'stop', 'wait', 'verify'],
  )
})

test('a plan is kept for 24 hours under its hash, with the selector as it was asked', async () => {
  const { planner, stop, pass } = setUp([instance('i-1')])
  const plan = await stop(['i-1'])
  assert.match(plan.planHash, /^[0-9a-f]{64}$/)
  assert.equal(plan.links.self, `/api/v1/plans/${plan.planHash}`)
  pass(24 * 3_600_000 - 1000)
  const stored = await planner.load(plan.planHash)
  assert.deepEqual(stored?.plan, plan)
  assert.deepEqual(stored?.targets, { ids: ['i-1'] })
  assert.equal(stored?.requestedBy, 'ann')
  assert.equal(stored?.operationVersion, 1)
  pass(2000)
  assert.equal(await planner.load(plan.planHash), null)
})

test('the same plan has the same hash at any time and price; a guarded change gives another', async () => {
  const { stop, pass, ec2 } = setUp([instance('i-1'), instance('i-2')])
  const first = await stop(['i-1', 'i-2'])
  pass(60_000)
  ec2.instances.set('i-1', instance('i-1', { instanceType: 'm5.24xlarge', tags: { owner: 'me' } }))
  assert.equal((await stop(['i-2', 'i-1'])).planHash, first.planHash)
  ec2.instances.set('i-1', instance('i-1', { tags: { env: 'prod' } }))
  assert.notEqual((await stop(['i-1', 'i-2'])).planHash, first.planHash)
})

test('an expired plan is swept away by a later one', async () => {
  const { stop, pass } = setUp([instance('i-1')])
  const old = await stop(['i-1'], { force: true })
  pass(25 * 3_600_000)
  await stop(['i-1'])
  assert.deepEqual(await db.query({ text: 'select 1 from plans where hash = $1', values: [old.planHash] }), [])
})

test('plans that somebody else is sweeping are left to them, and a sweep that fails fails no plan', async () => {
  const { stop, pass } = setUp([instance('i-1')])
  const old = await stop(['i-1'], { force: true })
  pass(25 * 3_600_000)
  await db.transaction(async (tx) => {
    await tx.query({ text: 'select 1 from plans where hash = $1 for update', values: [old.planHash] })
    await stop(['i-1'])
  })
  await db.query({
    text: `create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
      create trigger refuse before delete on plans execute function refuse()`,
  })
  pass(120_000)
  assert.equal((await stop(['i-1'])).targets.length, 1)
  await db.query({ text: 'drop function refuse cascade' })
})

test('a named resource of another type is excluded for that, not as unknown', async () => {
  const { stop } = setUp([instance('i-1')], { type: 'ec2.volume' })
  assert.deepEqual((await stop(['i-1'])).excluded, [
    { id: arnOf('i-1'), why: 'is of type ec2.volume; ec2.stop works on ec2.instance' },
  ])
})

test('production is read live, from the tags or the account, and asks for an approval', async () => {
  const tagged = setUp([instance('i-1', { tags: { Stage: 'Live' } }), instance('i-2')])
  const plan = await tagged.stop(['i-1', 'i-2'])
  assert.deepEqual(plan.approvals, {
    needed: 1,
    reason: 'R2: 1 of 2 targets are production.',
    confirmation: 'ec2.stop 2',
  })
  const account = setUp([instance('i-1')], { accounts: [{ ...sandboxAccount, isProduction: true }] })
  assert.equal((await account.stop(['i-1'])).approvals.needed, 1)
})

test('10 and 11, 100 and 101 targets are the borders of approvals and risk', async () => {
  const ids = Array.from({ length: 101 }, (_, index) => `i-${index}`)
  const { stop } = setUp(ids.map((id) => instance(id)))
  assert.equal((await stop(ids.slice(0, 10))).approvals.needed, 0)
  assert.equal((await stop(ids.slice(0, 11))).approvals.needed, 1)
  assert.equal((await stop(ids.slice(0, 100))).risk, 'R2')
  const many = await stop(ids)
  assert.equal(many.risk, 'R3')
  assert.match(many.approvals.reason, /^R3/)
})

test('who else must approve is known beforehand', async () => {
  const ids = Array.from({ length: 11 }, (_, index) => `i-${index}`)
  const hashOf = async (selfApproval: SelfApproval, cloud: Account['cloud']) => {
    const { stop, planner } = setUp(
      ids.map((id) => instance(id)),
      { selfApproval, accounts: [{ ...sandboxAccount, cloud }] },
    )
    return planner.load((await stop(ids)).planHash)
  }
  assert.equal((await hashOf('sandbox', 'sandbox'))?.needsSomeoneElse, false)
  assert.equal((await hashOf('sandbox', 'aws'))?.needsSomeoneElse, true)
  assert.equal((await hashOf('never', 'sandbox'))?.needsSomeoneElse, true)
})

test('denied targets are named and audited as one entry; the rest is planned', async () => {
  const access: Pick<Access, 'decide'> = {
    decide: async (_principal, action, resource) =>
      action === 'task.create' && resource?.operation === 'ec2.stop' && resource.tags?.['team'] === 'other'
        ? { allowed: false, reasons: ['team.only'] }
        : { allowed: true, reasons: [] },
  }
  const { stop } = setUp([instance('i-1'), instance('i-2', { tags: { team: 'other' } })], { access })
  const plan = await stop(['i-1', 'i-2'])
  assert.deepEqual(
    plan.targets.map(({ id }) => id),
    [arnOf('i-1')],
  )
  assert.deepEqual(plan.excluded, [{ id: arnOf('i-2'), why: 'you are not allowed to use ec2.stop on it: team.only' }])
  const audited = await db.query<{ outcome: string; details: { targets: string[] } }>({
    text: `select outcome, details from audit where action = 'task.create' and subject_id = 'ec2.stop'`,
  })
  assert.deepEqual(
    audited.map(({ outcome, details }) => [outcome, details.targets]),
    [['denied', [arnOf('i-2')]]],
  )
})

test('when every target is denied the answer is 403, with the targets', async () => {
  const access: Pick<Access, 'decide'> = { decide: async () => ({ allowed: false, reasons: ['no rule permits it'] }) }
  const error = await refusalOf(setUp([instance('i-1')], { access }).stop(['i-1']))
  assert.equal(error.code, 'targets_denied')
  assert.equal(error.status, 403)
  assert.equal(error.errors?.[0]?.value, arnOf('i-1'))
})

test('rights that were lost since the plan was made stop its filing', async () => {
  let isAllowed = true
  const { planner, stop } = setUp([instance('i-1')], {
    access: { decide: async () => ({ allowed: isAllowed, reasons: [] }) },
  })
  const stored = await planner.load((await stop(['i-1'])).planHash)
  assert.ok(stored)
  await planner.authorize(ann, stored)
  isAllowed = false
  assert.equal((await refusalOf(planner.authorize(ann, stored))).code, 'targets_denied')
})

test('an account that cannot be read takes only its own targets out of the plan', async () => {
  const broken = { ...sandboxAccount, id: '999900001111' }
  const ec2 = createFakeEc2([instance('i-1'), instance('i-2', { account: broken.id })])
  const describe = ec2.describeInstances
  ec2.describeInstances = async (call, ids) => {
    if (ids.includes('i-2')) throw refusal('AccessDenied')
    return describe(call, ids)
  }
  const { stop } = setUp([instance('i-1'), instance('i-2', { account: broken.id })], {
    ec2,
    accounts: [sandboxAccount, broken],
  })
  const plan = await stop(['i-1', 'i-2'])
  assert.deepEqual(
    plan.targets.map(({ id }) => id),
    [arnOf('i-1')],
  )
  assert.deepEqual(plan.excluded, [
    { id: arnOf('i-2', broken.id), why: 'could not be read in 999900001111 eu-central-1: AccessDenied' },
  ])
})

test('resources of an account that was removed are left out with the reason', async () => {
  const { planner } = setUp([instance('i-1'), instance('i-2', { account: '999900001111' })])
  const plan = await planner.plan({ principal: ann, operation: 'ec2.stop', targets: { query: 'x' }, params: {} })
  assert.deepEqual(
    plan.targets.map(({ id }) => id),
    [arnOf('i-1')],
  )
  assert.match(plan.excluded[0]?.why ?? '', /account 999900001111 is not known/)
})

test('a plan without targets is made all the same, so that one sees why', async () => {
  const { stop } = setUp([instance('i-1', { state: 'stopped' })])
  const plan = await stop(['i-1'])
  assert.deepEqual(plan.targets, [])
  assert.deepEqual(plan.excluded, [{ id: arnOf('i-1'), why: 'is already stopped' }])
  assert.deepEqual(plan.expectedSeconds, { calls: 0, waits: 0, total: 0 })
  assert.equal(plan.approvals.needed, 0)
})

test('the undo of tags is planned from the recorded images and can not pass for another plan', async () => {
  const { planner } = setUp([instance('i-1', { tags: { env: 'dev' } }), instance('i-2', { tags: { env: 'dev' } })])
  const request = {
    principal: ann,
    operation: 'ec2.tag',
    targets: { ids: ['i-1', 'i-2'] },
    params: { tags: { env: 'dev' } },
    desired: new Map([
      [arnOf('i-1'), { before: { tags: { env: 'dev' } }, after: { tags: { env: 'test' } } }],
      [arnOf('i-2'), { before: { tags: { env: 'dev' } }, after: { tags: { env: null } } }],
    ]),
  }
  const undoOf = '01939e2a-0000-7000-8000-000000000000'
  const undo = await planner.plan({ ...request, undoOf })
  assert.deepEqual(
    undo.targets.map((target) => target.after),
    [{ tags: { env: 'test' } }, { tags: { env: null } }],
  )
  assert.equal(undo.undoOf, undoOf)
  assert.notEqual((await planner.plan(request)).planHash, undo.planHash)
})

test('unknown operations and too many targets are refused', async () => {
  const { planner } = setUp([])
  const plan = (operation: string) => planner.plan({ principal: ann, operation, targets: { ids: ['i-1'] }, params: {} })
  assert.equal((await refusalOf(plan('ec2.explode'))).code, 'unknown_operation')
  assert.equal((await refusalOf(plan('constructor'))).code, 'unknown_operation')
  const ids = Array.from({ length: 10_001 }, (_, index) => `i-${index}`)
  const crowd = setUp(ids.map((id) => instance(id)))
  const error = await refusalOf(
    crowd.planner.plan({ principal: ann, operation: 'ec2.stop', targets: { query: 'type:ec2.instance' }, params: {} }),
  )
  assert.equal(error.code, 'too_many_targets')
  assert.equal(error.status, 413)
})

test('5,000 targets are planned in one go, without a statement for each', async () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `i-${String(index).padStart(5, '0')}`)
  const { stop, ec2 } = setUp(ids.map((id) => instance(id, { tags: { Name: `web-${id}` } })))
  let describes = 0
  const describe = ec2.describeInstances
  ec2.describeInstances = (call, some) => {
    describes++
    return describe(call, some)
  }
  const plan = await stop(ids, {}, { waves: 'none' })
  assert.equal(plan.targets.length, 5000)
  assert.equal(describes, 25)
  assert.equal(plan.expectedSeconds.calls, 200)
  assert.equal(plan.risk, 'R3')
})

test('5,000 targets go in waves unless the request says otherwise', async () => {
  const ids = Array.from({ length: 5000 }, (_, index) => `i-${String(index).padStart(5, '0')}`)
  const { stop } = setUp(ids.map((id) => instance(id)))
  const plan = await stop(ids)
  // 1,000 tokens, 20 a second, 45 s of waiting after each wave, which bring up to 900: full before the first three waves.
  // (1,250 - 1,000) / 20 = 12.5 s; then the bucket has 900 of the 3,499: 129.95 s.
  assert.deepEqual(
    plan.waves?.map(({ size, expectedSeconds }) => [size, expectedSeconds.calls, expectedSeconds.total]),
    [
      [1, 0, 45],
      [250, 0, 45],
      [1250, 12.5, 57.5],
      [3499, 130, 175],
    ],
  )
  assert.deepEqual(plan.expectedSeconds, { calls: 142.5, waits: 180, total: 322.5 })
  assert.deepEqual([plan.errorBudget, plan.onBudget], [0.05, 'stop'])
  const none = await stop(ids, {}, { waves: 'none' })
  assert.notEqual(none.planHash, plan.planHash)
  assert.equal((await stop(ids, {}, { waves: [1, 0.05, 0.25] })).planHash, plan.planHash)
})
