import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { addFault, effectsOn } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import type { Split } from '../support/split.ts'
import { createSplit } from '../support/split.ts'

// AWS does what was asked and the answer is lost. What can be read is read before it is done again.
let split: Split
let admin: Client
let targets: string[]

/**
 * The SDK makes that many attempts of a call that can be repeated, and one of a call that makes something new each time; with
 * all of them lost it is the engine's turn.
 */
const repeated = { attempts: 3 }
const once = { attempts: 1 }

before(async () => {
  split = await createSplit({ env: { ORCHESTRATOR_SANDBOX_SIZE: '500' }, leaseSeconds: 5 })
  admin = await split.admin(await split.start('gateway,tasks,worker,resources,monitoring,sandbox'))
  const plan = await admin.plan({
    operation: 'ec2.stop',
    targets: { query: 'type:ec2.instance state:running tag.env:dev -tag.aws:autoscaling:groupName:*' },
  })
  targets = plan.targets.map((target) => target.id)
})
after(() => split.remove())

const operations = [
  { operation: 'ec2.stop', action: 'StopInstances', step: 'stop', params: {}, ...repeated },
  { operation: 'ec2.tag', action: 'CreateTags', step: 'apply', params: { tags: { owner: 'x' } }, ...repeated },
  { operation: 'ec2.snapshot', action: 'CreateSnapshots', step: 'snapshot', params: {}, ...once },
] as const

for (const { operation, action, step, params, attempts } of operations) {
  const run = async (fault: Record<string, unknown>) => {
    const target = targets.shift()
    assert.ok(target, 'an instance that can be stopped')
    await addFault(admin, { ...fault, action, resource: target.split('/').at(-1) })
    const { id } = await admin.file({ operation, targets: { ids: [target] }, params })
    const task = await admin.ended(id)
    const { items } = await admin.items(id)
    assert.deepEqual([task.status, items[0]?.status], ['succeeded', 'succeeded'], JSON.stringify(items[0]))
    const acted = items[0]?.steps.find(({ name }) => name === step)
    return { acted, effects: (await effectsOn(admin, action, [target])).get(target) }
  }

  test(`${operation}: the connection is lost after the effect, at every attempt: the target is read, and that is all`, async () => {
    const { acted, effects } = await run({ kind: 'connection-lost-after-effect', times: attempts })
    // The next attempt of the step found the effect and called nothing.
    assert.equal(effects?.changed, 1)
    assert.ok(effects.accepted <= attempts, `${effects.accepted} calls`)
    assert.equal(acted?.status, 'succeeded')
    assert.ok((acted.attempt ?? 0) >= 2)
  })

  test(`${operation}: no answer within its time, after the effect: done once`, async () => {
    const { acted, effects } = await run({ kind: 'timeout-after-effect', times: 1 })
    assert.equal(effects?.changed, 1)
    assert.equal(acted?.status, 'succeeded')
  })
}
