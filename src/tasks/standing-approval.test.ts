import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Plan } from '#contracts/task.ts'
import { fitsStandingApproval } from './standing-approval.ts'
import type { StandingApproval } from './standing-approval.ts'

const approval: StandingApproval = {
  operation: 'ec2.stop',
  targets: { query: 'type:ec2.instance tag.env:dev' },
  params: { force: false, hibernate: false },
  mostTargets: 2,
  highestRisk: 'R2',
  expiresAt: '2026-12-01T00:00:00.000Z',
}
const now = new Date('2026-11-30T23:59:59.999Z')

const target = (id: string) => ({ id, name: null, account: '1', region: 'eu-west-1', before: {}, after: {} })
const planned = (more: Partial<Plan> = {}, targets = approval.targets) => ({
  plan: {
    operation: 'ec2.stop',
    params: { hibernate: false, force: false },
    risk: 'R2' as const,
    targets: [target('a'), target('b')],
    ...more,
  },
  targets,
})
const whyNot = (run: ReturnType<typeof planned>, more: Partial<StandingApproval> = {}, at = now): string => {
  const fit = fitsStandingApproval(run, { ...approval, ...more }, at)
  return fit.fits ? 'it fits' : fit.why
}

test('a run within everything that was approved fits, whatever the order of its fields', () => {
  assert.deepEqual(fitsStandingApproval(planned(), approval, now), { fits: true })
  assert.deepEqual(fitsStandingApproval(planned({ risk: 'R1', targets: [] }), approval, now), { fits: true })
  const ids = { ids: ['b', 'a', 'a'], region: 'eu-west-1' }
  const run = planned({}, { ids: ['a', 'b'], region: 'eu-west-1' })
  assert.deepEqual(fitsStandingApproval(run, { ...approval, targets: ids }, now), { fits: true })
})

test('what goes beyond it in anything does not fit, and it is said in what', () => {
  assert.match(whyNot(planned({ operation: 'ec2.start' })), /for ec2\.start; .* for ec2\.stop/)
  assert.match(whyNot(planned({ params: { force: true, hibernate: false } })), /"force":true/)
  assert.match(whyNot(planned({ params: { force: false } })), /parameters/)
  assert.match(whyNot(planned({ targets: ['a', 'b', 'c'].map(target) })), /3 targets; .* at most 2/)
  assert.match(whyNot(planned({ risk: 'R3' })), /class R3; .* at most R2/)
  assert.match(whyNot(planned({}, { query: 'type:ec2.instance' })), /another selection/)
  assert.match(whyNot(planned({}, { ...approval.targets, account: '222222222222' })), /another selection/)
  assert.match(whyNot(planned({ undoOf: '0198' })), /covers no undo/)
})

test('it ends at its expiry, to the millisecond; one that cannot be read covers nothing', () => {
  assert.equal(whyNot(planned()), 'it fits')
  assert.match(whyNot(planned(), {}, new Date('2026-12-01T00:00:00.000Z')), /ended at 2026-12-01/)
  assert.match(whyNot(planned(), { expiresAt: 'never' }), /ended at never/)
})
