import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { freshDatabase } from '../../test/support/database.ts'
import { createAws } from '#aws/aws.ts'
import type { Account, Aws } from '#aws/cloud.ts'
import type { Ec2Instance } from '#aws/ec2.ts'
import { createSandboxHost } from '#aws/sandbox-host.ts'
import type { SandboxHost } from '#aws/sandbox-host.ts'
import type { Principal } from '#contracts/principal.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createSecurity } from '#security/security.ts'
import type { Security } from '#security/security.ts'
import { createCatalogue } from './catalogue.ts'
import type { Operation, Outcome, Scope, StepTarget } from './operation.ts'
import { createPlanner } from './plan.ts'

// The catalogue against the simulated AWS, through the real adapters, quotas and access rules; the engine is played by hand.

const speed = 100
const operator: Principal = {
  userId: 'ann',
  email: 'ann@example.com',
  roles: ['operator'],
  via: 'session',
  credentialId: null,
  scopes: null,
}
const catalogue = createCatalogue()
const log = createLog({ level: 'error' })

let db: Database
let dropDatabase: () => Promise<void>
let folder: string
let host: SandboxHost
let aws: Aws
let security: Security
let scope: Scope
let instances: Ec2Instance[]

before(async () => {
  ;({ db, drop: dropDatabase } = await freshDatabase())
  folder = await mkdtemp(join(tmpdir(), 'orchestrator-tasks-'))
  security = await createSecurity({ db, log, dataDir: folder })
  // Half of an estate is in one place, a third of it instances: more than 5,000 there.
  host = createSandboxHost({ dataDir: folder, seed: 'tasks', size: 31_000, speed, clock: systemClock, log })
  aws = createAws({ db, log, clock: systemClock, sandbox: { speed, transport: host } })
  await aws.accounts.ensureFirst('sandbox')
  const account: Account = await aws.accounts.get('777788889999')
  scope = { aws, account, region: 'us-east-1', call: { priority: 'bulk' } }
  instances = []
  const ec2 = await aws.ec2(account, scope.region)
  for await (const page of ec2.listInstances(scope.call)) instances.push(...page)
})
after(async () => {
  await aws.close()
  await host.close()
  await dropDatabase()
  await rm(folder, { recursive: true })
})

const planner = () =>
  createPlanner({
    db,
    clock: systemClock,
    aws,
    access: security.access,
    catalogue,
    selfApproval: 'sandbox',
    resolveTargets: async (_principal, targets) => ({
      resources: instances
        .filter(({ arn }) => !('ids' in targets) || targets.ids.includes(arn))
        .map((one) => ({
          id: one.arn,
          type: 'ec2.instance',
          account: one.account,
          region: one.region,
          name: null,
          state: one.state,
          tags: one.tags,
          cost: null,
          summary: {},
          config: {},
          firstSeenAt: one.launchedAt ?? '',
          lastSeenAt: one.launchedAt ?? '',
        })),
      unknown: [],
    }),
  })

/** Takes one target through all steps as the engine would, sleeping in the sandbox's time between two looks. */
const carryOut = async (operation: Operation, params: unknown, target: StepTarget): Promise<Outcome> => {
  let last: Outcome = { kind: 'done' }
  for (const step of operation.steps) {
    const began = performance.now()
    for (let polls = 0; ; polls++) {
      const waitedSeconds = aws.clock(scope.account).cloudSeconds(performance.now() - began)
      const [outcome] = await step.run(scope, [{ ...target, polls, waitedSeconds }], params)
      assert.ok(outcome)
      last = outcome
      if (outcome.kind !== 'pending') break
      assert.ok(polls < 100, `${operation.name} ${step.name} never ends: ${outcome.why}`)
      await systemClock.sleep(aws.clock(scope.account).wallMs(outcome.againInSeconds))
    }
    if (last.kind !== 'done') return last
    target.results[step.name] = last.result
  }
  return last
}

const runPlanned = async (name: string, params: unknown, arn: string) => {
  const plan = await planner().plan({ principal: operator, operation: name, targets: { ids: [arn] }, params })
  const [target] = plan.targets
  assert.ok(target, JSON.stringify(plan.excluded))
  const step: StepTarget = { itemId: 'item', id: target.id, before: target.before, after: target.after, results: {} }
  return { plan, step, outcome: await carryOut(catalogue.get(name), plan.params, step) }
}
const stateOf = async (id: string) =>
  (await (await aws.ec2(scope.account, scope.region)).describeInstances(scope.call, [id]))[0]

/** A running instance that no guard speaks against. */
const freeInstance = (skip = 0): Ec2Instance => {
  const free = instances.filter((one) => {
    const image = {
      state: one.state,
      isProduction: false,
      isProtected: false,
      managedBy: null,
      rootDeviceType: one.rootDeviceType,
    }
    const managed = Object.keys(one.tags).some((key) =>
      /^(aws:autoscaling|eks:|aws:eks|kubernetes\.io|elasticbeanstalk|orchestrator:)/.test(key),
    )
    return image.state === 'running' && image.rootDeviceType === 'ebs' && !managed
  })
  const found = free[skip]
  assert.ok(found, 'the estate has such an instance')
  return found
}

test('5,000 instances are planned, each once', async () => {
  assert.ok(instances.length >= 5000, `${instances.length} instances`)
  const plans = planner()
  const plan = await plans.plan({
    principal: operator,
    operation: 'ec2.stop',
    targets: { query: 'type:ec2.instance' },
    params: {},
  })
  assert.equal(plan.targets.length + plan.excluded.length, instances.length)
  assert.ok(plan.targets.length > 1000)
})

test('a stop goes through all its steps, and its undo starts the instance again', async () => {
  const one = freeInstance()
  const stop = await runPlanned('ec2.stop', {}, one.arn)
  assert.equal(stop.outcome.kind, 'done')
  assert.equal((await stateOf(one.id))?.state, 'stopped')
  assert.deepEqual(stop.outcome.kind === 'done' && stop.outcome.after?.['state'], 'stopped')
  const inverse = catalogue.get('ec2.stop').undo.inverse?.({})
  assert.ok(inverse)
  const start = await runPlanned(inverse.operation, { waitFor: 'status-ok' }, one.arn)
  assert.equal(start.outcome.kind, 'done')
  assert.equal((await stateOf(one.id))?.state, 'running')
})

test('what changed between plan and execution is left alone', async () => {
  const one = freeInstance(1)
  const plan = await planner().plan({
    principal: operator,
    operation: 'ec2.stop',
    targets: { ids: [one.arn] },
    params: {},
  })
  const ec2 = await aws.ec2(scope.account, scope.region)
  await ec2.createTags(scope.call, [one.id], { 'orchestrator:protected': 'yes' })
  const [target] = plan.targets
  assert.ok(target)
  const outcome = await carryOut(
    catalogue.get('ec2.stop'),
    {},
    { itemId: 'i', id: target.id, before: target.before, after: target.after, results: {} },
  )
  assert.deepEqual(outcome, { kind: 'drifted', why: 'isProtected is now true, was false when planned' })
  assert.equal((await stateOf(one.id))?.state, 'running')
})

test('tags are set, and taken back to exactly what they were', async () => {
  const one = freeInstance(2)
  const before = (await stateOf(one.id))?.tags
  const params = { tags: { owner: 'night-shift', 'cost-center': '4711' } }
  const { outcome, step } = await runPlanned('ec2.tag', params, one.arn)
  assert.equal(outcome.kind, 'done')
  assert.deepEqual((await stateOf(one.id))?.tags, { ...before, ...params.tags })
  const undo = await carryOut(catalogue.get('ec2.tag'), params, {
    ...step,
    before: step.after,
    after: step.before,
    results: {},
  })
  assert.equal(undo.kind, 'done')
  assert.deepEqual((await stateOf(one.id))?.tags, before)
})

test('a reboot ends when the status checks pass again', async () => {
  const one = freeInstance(3)
  assert.equal((await runPlanned('ec2.reboot', {}, one.arn)).outcome.kind, 'done')
  assert.equal((await stateOf(one.id))?.state, 'running')
})
