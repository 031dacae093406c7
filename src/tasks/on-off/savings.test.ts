import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newOnOffPlanSchema } from '#contracts/on-off-plan.ts'
import { defineErrors } from '#platform/app-error.ts'
import { arnOf, createFakeAws, createFakeEc2, instance, sandboxAccount } from '../../../test/support/fake-ec2.ts'
import { principal } from '../../../test/support/engine.ts'
import { errors } from '../errors.ts'
import { ec2Stop } from '../operations/ec2-stop.ts'
import { estimate, savingsOf } from './savings.ts'
import type { OnOffTimes } from './times.ts'

const times: OnOffTimes = {
  days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
  offAt: '19:00',
  onAt: '07:00',
  timeZone: 'UTC',
  exceptDates: [],
}
const at = '2026-05-04T06:00:00.000Z'

test('two m5.large in Frankfurt, off at night and at the weekend', async () => {
  const ids = [arnOf('i-1'), arnOf('i-2')]
  const params = ec2Stop.params.parse({})
  const running = ['i-1', 'i-2'].map((id) => instance(id, { instanceType: 'm5.large', state: 'running' }))
  const aws = createFakeAws(createFakeEc2(running))
  const live = await ec2Stop.read(
    { aws, account: sandboxAccount, region: 'eu-central-1', call: { priority: 'bulk' } },
    ids,
    params,
  )
  const delta = [...live.values()].reduce(
    (sum, one) => sum + ec2Stop.monthlyCostDeltaUsd(one, one.image, { ...one.image, state: 'stopped' }),
    0,
  )
  // By the table: 0.096 USD an hour, Frankfurt by 1.2, 730 hours: 84.096, to cents 84.10; two are 168.20.
  // Off for 108 of 168 hours: 168.20 * 9 / 14 = 108.1286.
  const savings = savingsOf(times, { targets: 2, monthlyUsd: -delta, why: null, at })
  assert.equal(savings.usd, 108.13)
  assert.deepEqual([savings.hoursOff, savings.targetHours], [469.3, 938.6])
})

test('what passes leaves it unknown, what speaks against the targets for good is said', async () => {
  const asker = { principal, requestId: 'test' }
  const now = () => new Date(at)
  const failing = (error: Error) => ({ prepare: () => Promise.reject(error) })
  const away = defineErrors({ away: { status: 503, title: 'AWS is away', retryable: true } })
  const unknown = await estimate({ planner: failing(away.away('AWS is away.')), now }, asker, { query: 'x' })
  assert.deepEqual([unknown.targets, unknown.monthlyUsd, unknown.why], [null, null, 'AWS is away.'])
  assert.equal(savingsOf(times, unknown).usd, null)
  const denied = failing(errors.targets_denied('Not these.'))
  await assert.rejects(estimate({ planner: denied, now }, asker, { query: 'x' }), { code: 'targets_denied' })
})

test('a query that looks at the state is refused: in the morning nothing would match it', () => {
  const given = { name: 'dev', days: ['MON'], offAt: '19:00', onAt: '07:00' }
  const accepts = (targets: object): boolean => newOnOffPlanSchema.safeParse({ ...given, targets }).success
  for (const query of ['type:ec2.instance state:running', '-state:stopped', 'a (state:running or b)']) {
    assert.equal(accepts({ query }), false, query)
  }
  for (const query of ['type:ec2.instance tag.env:dev', 'tag.state:on', 'tag.note:"state:running"']) {
    assert.equal(accepts({ query }), true, query)
  }
  assert.equal(accepts({ account: '1', region: 'eu-central-1' }), false)
  assert.equal(newOnOffPlanSchema.safeParse({ ...given, targets: { ids: ['i-1'] }, onAt: '19:00' }).success, false)
  assert.equal(newOnOffPlanSchema.safeParse({ ...given, targets: { ids: ['i-1'] }, offAt: '24:00' }).success, false)
})
