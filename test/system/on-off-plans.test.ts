import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { OnOffPlan } from '#contracts/on-off-plan.ts'
import { instances } from '../support/bulk.ts'
import { signIn } from '../support/client.ts'
import type { Client } from '../support/client.ts'
import { adminPassword, startServer } from '../support/server.ts'
import { waitFor } from '../support/wait-for.ts'

let server: Awaited<ReturnType<typeof startServer>>
let admin: Client
let operator: Client
let other: Client
const password = 'correct horse battery staple 7'
before(async () => {
  server = await startServer({ ORCHESTRATOR_SANDBOX_SIZE: '500', ORCHESTRATOR_SANDBOX_SPEED: '1000' })
  admin = await signIn(server.url, 'admin@localhost', adminPassword)
  for (const email of ['one@example.com', 'two@example.com'])
    await admin.ok('POST', '/users', { email, password, roles: ['operator'] })
  operator = await signIn(server.url, 'one@example.com', password)
  other = await signIn(server.url, 'two@example.com', password)
})
after(() => server.remove())

test('a plan is previewed, made, run, kept from others, changed as a whole and deleted', async () => {
  const free =
    'type:ec2.instance tag.env:dev state:running -tag.aws:autoscaling:groupName:* -tag.orchestrator:protected:*'
  const ids = (await instances(admin, 2, free)).slice(0, 2)
  const times = { days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], offAt: '19:00', onAt: '07:00', timeZone: 'Europe/Berlin' }
  const body = { ...times, name: 'dev', targets: { ids } }

  const preview = await operator.ok('POST', '/on-off-plans/preview', { ...times, targets: { ids } })
  assert.equal(preview.changes.length, 10) // two a day on five of seven days
  const stop = await operator.plan({ operation: 'ec2.stop', targets: { ids } })
  assert.ok(stop.monthlyCostDeltaUsd < 0)
  const usd = Math.round(((-stop.monthlyCostDeltaUsd * 9) / 14) * 100) / 100
  assert.deepEqual([preview.savings.targets, preview.savings.usd], [2, usd])

  const made = await operator.call('POST', '/on-off-plans', body)
  assert.equal(made.status, 201)
  const plan = made.body as OnOffPlan // as the route's own schema has it
  assert.equal(made.headers.get('location'), `/api/v1/on-off-plans/${plan.id}`)
  assert.equal(plan.savings.usd, usd)
  const half = await operator.ok('GET', `/schedules/${plan.off.schedule}`)
  assert.equal(half.onOffPlan, plan.id)

  for (const [method, path] of [
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/pause'],
  ] as const) {
    const refused = await operator.call(
      method,
      `/schedules/${plan.off.schedule}${path}`,
      method === 'PATCH' ? { name: 'x' } : {},
    )
    assert.deepEqual([refused.status, refused.body.code], [409, 'schedule_of_plan'], `${method} ${path}`)
    const foreign = await other.call(method, `/on-off-plans/${plan.id}${path}`, method === 'PATCH' ? { name: 'x' } : {})
    assert.equal(foreign.status, 403, `${method} ${path}`)
  }

  await operator.ok('POST', `/schedules/${plan.off.schedule}/run`, {})
  const ran = await waitFor('the run', async () => {
    const { off } = await operator.ok<OnOffPlan>('GET', `/on-off-plans/${plan.id}`)
    return off.lastRun?.status === 'filed' && off.lastRun
  })
  assert.equal((await operator.task(ran.task ?? '')).operation, 'ec2.stop')

  const changed = await operator.ok('PATCH', `/on-off-plans/${plan.id}`, { offAt: '21:15' })
  assert.deepEqual(
    [changed.off.cron, changed.on.cron],
    ['15 21 * * MON,TUE,WED,THU,FRI', '0 7 * * MON,TUE,WED,THU,FRI'],
  )
  assert.equal((await operator.ok('POST', `/on-off-plans/${plan.id}/pause`, {})).status, 'paused')
  assert.equal((await operator.ok('GET', '/on-off-plans')).total.value, 1)

  const wrong = await operator.call('POST', '/on-off-plans', { ...body, targets: { query: 'state:running' } })
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [400, 'targets.query'])
  assert.equal((await operator.call('POST', '/on-off-plans', { ...body, operationOff: 'ec2.terminate' })).status, 400)

  assert.equal((await operator.call('DELETE', `/on-off-plans/${plan.id}`)).status, 204)
  assert.equal((await operator.call('GET', `/schedules/${plan.on.schedule}`)).status, 404)
  assert.equal((await operator.call('GET', `/on-off-plans/${plan.id}`)).body.code, 'on_off_plan_not_found')
})
