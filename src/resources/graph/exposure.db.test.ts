import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import type { Database } from '#platform/db/database.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import { createRig, operator } from '../testing/rig.ts'
import type { Observed } from '../types/resource-type.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let db: Database

before(async () => {
  database = await freshDatabase()
  db = database.db
})
after(() => database.drop())

const region = 'eu-west-1'
const targetGroup = (name: string, account: string, targets: { id: string; health: string }[]): Observed => ({
  id: `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/0123456789abcdef`,
  awsId: `targetgroup/${name}/0123456789abcdef`,
  type: 'elb.target-group',
  service: 'elb',
  account,
  region,
  name,
  state: null,
  tags: {},
  cost: null,
  summary: {
    targets,
    targetIds: targets.map(({ id }) => id),
    loadBalancerArns: [`arn:aws:elasticloadbalancing:${region}:${account}:loadbalancer/app/shop/0123456789abcdef`],
  },
  config: {},
})

test('the healthy targets of the groups in front of an instance, and only those of its own account', async () => {
  const fake = createFakeAws([fakeAccount(accountA, 'alpha'), fakeAccount(accountB, 'beta')])
  const rig = createRig(db, fake)
  const apply = createApply({ db, notifier: { nudge: () => {} } })
  const [a, b, c] = ['i-0000000a', 'i-0000000b', 'i-0000000c']
  const health = (id: string, word: string) => ({ id, health: word })
  for (const row of [
    targetGroup('web', accountA, [
      health(a, 'healthy'),
      health(a, 'healthy'),
      health(b, 'healthy'),
      health(c, 'draining'),
    ]),
    targetGroup('old', accountB, [health(a, 'healthy')]),
  ])
    await apply.apply({ account: row.account, region, type: row.type }, [row], new Date())

  const arn = (id: string): string => fakeInstance(id).arn
  const exposed = await rig.resources.exposureOf(operator, [arn(a), arn(c), arn('i-0000000d')])
  assert.deepEqual([...exposed.keys()], [arn(a), arn(c)])
  const [group, ...others] = exposed.get(arn(a))?.targetGroups ?? []
  assert.deepEqual(others, [])
  assert.deepEqual([group?.name, group?.loadBalancers, group?.healthy], ['web', ['shop'], [arn(a), arn(b)]])
  rig.access.denied.add(accountA)
  assert.equal((await rig.resources.exposureOf(operator, [arn(a)])).size, 0)
  await rig.resources.stop()
})
