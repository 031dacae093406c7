import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { z } from 'zod'
import { defineErrors } from '#platform/app-error.ts'
import type { HttpService } from '#platform/http/service.ts'
import { fakeAccess, startGateway } from '../../test/support/gateway.ts'
import { readChecks } from './commands/doctor.ts'
import { exitCodes } from './exit-codes.ts'
import { paramsFrom } from './params.ts'
import { runCli } from './program.ts'

const refusals = defineErrors({ drifted: { status: 409, title: 'Drifted' }, broken: { status: 500, title: 'Broken' } })
const plan = {
  planHash: 'hash-1',
  operation: 'ec2.stop',
  operationVersion: 1,
  params: {},
  risk: 'R2',
  undo: 'exact',
  targets: [
    {
      id: 'arn:aws:ec2:eu-west-1:111122223333:instance/i-1',
      name: 'web-1\u001b[31m',
      account: '111122223333',
      region: 'eu-west-1',
      before: { state: 'running', ami: 'a' },
      after: { state: 'stopped', ami: 'a' },
      warnings: ['The public address will change.'],
    },
  ],
  excluded: [{ id: 'i-2', why: 'It is stopped already.' }],
  steps: [],
  monthlyCostDeltaUsd: -12.5,
  expectedSeconds: { calls: 1, waits: 30, total: 31 },
  approvals: { needed: 0, reason: 'R2 in a sandbox account', confirmation: null as string | null },
  links: {},
}
const taskAs = (status: string, confirmation: string | null = null) => ({
  id: 't1',
  operation: 'ec2.stop',
  status,
  plan: { ...plan, approvals: { ...plan.approvals, confirmation } },
  progress: {
    total: 1,
    pending: 0,
    running: status === 'running' ? 1 : 0,
    waiting: 0,
    succeeded: status === 'succeeded' ? 1 : 0,
    failed: status === 'failed' ? 1 : 0,
    skipped: 0,
    drifted: 0,
    compensated: 0,
    cancelled: 0,
  },
  approvals: [],
  undo: { possible: true, label: 'exact', why: null },
  requestedBy: { id: 'u', email: 'ann@example.com' },
  ...(status === 'failed' ? { error: { code: 'outcome_unknown', message: 'Nobody knows' } } : {}),
})

/** What the server was asked, and how its task will go on. */
let asked: { url: string; body: unknown; key: unknown }[] = []
let course: string[] = []
let confirmation: string | null = null
let me = 'u'
const fakeServices: HttpService = (http) => {
  const config = { access: 'authenticated' } as const
  const note = (request: { url: string; body: unknown; headers: Record<string, unknown> }) =>
    void asked.push({ url: request.url, body: request.body, key: request.headers['idempotency-key'] })
  http.get('/operations/:name', { config }, async () => ({
    params: {
      properties: {
        force: { type: 'boolean' },
        note: { type: 'string' },
        tags: { type: 'object', additionalProperties: { type: 'string' } },
      },
    },
  }))
  http.post('/plans', { config, schema: { body: z.looseObject({ operation: z.string() }) } }, async (request) => {
    note(request)
    if (request.body.operation === 'ec2.fly') throw refusals.drifted('There is no such operation to file now.')
    return request.body.operation === 'ec2.none' ? { ...plan, targets: [] } : plan
  })
  http.post('/tasks', { config }, async (request, reply) => {
    note(request)
    return reply.code(202).send({ id: 't1', status: 'queued', planHash: 'hash-1' })
  })
  http.get('/tasks', { config }, async (request) => {
    note(request)
    return {
      items: [{ ...taskAs('queued'), createdAt: '2026-11-20T10:00:00Z' }],
      nextCursor: 'abc',
      total: { value: 12, relation: 'eq' },
    }
  })
  http.get('/tasks/:id', { config }, async () =>
    taskAs((course.length > 1 ? course.shift() : course[0]) ?? 'queued', confirmation),
  )
  http.post('/tasks/:id/approve', { config }, async (request) => {
    note(request)
    return { id: 't1', status: 'queued', planHash: 'hash-1' }
  })
  http.get('/auth/me', { config }, async () => ({ id: me }))
  http.post('/auth/socket-ticket', { config }, async () => ({ ticket: `ticket-ann-${asked.length}-${Math.random()}` }))
  http.get('/audit/verify', { config: { access: { action: 'audit.read' } } }, async () => ({}))
  http.get('/resources', { config }, async (request) => {
    // Whatever a query string is made of is text.
    const { q, cursor } = request.query as Record<string, string | undefined>
    if (q !== 'pages') throw refusals.broken('It broke.')
    note(request)
    const freshness = { source: 'cache', ageSeconds: 3, status: 'hit', partial: [] }
    const resource = {
      type: 'ec2.instance',
      name: cursor ?? 'first',
      state: null,
      account: '1',
      region: 'r',
      id: 'arn',
    }
    return {
      items: [resource],
      nextCursor: cursor === undefined ? 'second' : cursor === 'second' ? 'third' : null,
      total: { value: 10_000, relation: 'gte' },
      freshness,
    }
  })
  http.get('/resources/facets', { config }, async () => ({
    facets: [
      {
        by: 'state',
        values: [
          { value: 'running', count: 12 },
          { value: null, count: 3 },
        ],
        others: 2,
        isApproximate: true,
      },
      { by: 'region', values: [{ value: 'eu-west-1', count: 15 }], others: 0, isApproximate: false },
    ],
    isApproximate: true,
    ageSeconds: 90.4,
  }))
  http.get('/resources/export', { config }, async (request, reply) => {
    note(request)
    return reply.header('content-type', 'text/csv').send('name,id\r\nweb-1,arn:1\r\n"two\nlines",arn:2\r\n')
  })
  const resource = { id: 'arn:1', type: 'ec2.instance', account: '1', region: 'r', name: 'web\u0007' }
  const changes = [
    { path: '/state', before: 'running', after: 'stopped' },
    { path: '/tags/env', after: 'x'.repeat(200) },
    { path: '/config/Disks', index: 1, before: ['b'], after: [] },
  ]
  const version = { version: 2, at: '2026-11-27T10:00:00.000Z', kind: 'changed', changes }
  const total = { value: 1, relation: 'eq' }
  http.get('/resources/changes', { config }, async (request) => {
    note(request)
    return { items: [{ ...version, resource, tasks: [{ id: 't1', operation: 'ec2.stop' }] }], nextCursor: null, total }
  })
  http.get('/resources/changes/net', { config }, async (request) => {
    note(request)
    const none = { value: 0, relation: 'gte' }
    return {
      items: [{ resource, kind: 'changed', changes, versions: 2 }],
      byKind: { created: none, changed: total, gone: none, back: none },
      from: '2026-11-27T09:00:00.000Z',
      to: '2026-11-27T11:00:00.000Z',
      nextCursor: 'abc',
      total,
    }
  })
  http.get('/resources/:id/history', { config }, async (request) => {
    note(request)
    const by = [{ kind: 'cloudtrail', event: 'StopInstances', actor: 'eve' }]
    return { items: [{ ...version, by }], nextCursor: null, total }
  })
  http.get('/resources/:id/history/net', { config }, async (request) => {
    note(request)
    const times = { from: '2026-11-27T09:00:00.000Z', to: '2026-11-27T11:00:00.000Z' }
    return { ...times, resource, kind: 'changed', changes, versions: 1, knownSince: '2026-11-27T09:30:00.000Z' }
  })
  const schedule = {
    id: 's1',
    name: 'dev off',
    operation: 'ec2.stop',
    targets: { query: 'tag.env:dev' },
    cron: '0 19 * * 1-5',
    at: null,
    timeZone: 'Europe/Berlin',
    status: 'active',
    stoppedReason: null,
    owner: { id: 'u', email: 'ann@example.com' },
    nextRunAt: '2026-11-27T18:00:00.000Z',
    nextRuns: ['2026-11-27T18:00:00.000Z'],
    lastRun: null,
    standingApproval: null,
  }
  http.get('/schedules', { config }, async () => ({
    items: [schedule],
    nextCursor: null,
    total: { value: 1, relation: 'eq' },
  }))
  http.post('/schedules', { config }, async (request) => {
    note(request)
    return schedule
  })
  http.post('/schedules/:id/pause', { config }, async () => ({ ...schedule, status: 'paused', nextRunAt: null }))
  http.post('/schedules/:id/run', { config }, async () => ({ id: 'r1', status: 'pending' }))
  http.delete('/schedules/:id', { config }, async (request, reply) => {
    note(request)
    return reply.code(204).send(null)
  })
  const half = { schedule: 's1', nextRuns: ['2026-11-27T18:00:00.000Z'] }
  const onOffPlan = {
    id: 'p1',
    name: 'dev',
    days: ['MON', 'FRI'],
    offAt: '19:00',
    onAt: '07:00',
    timeZone: 'Europe/Berlin',
    exceptDates: ['2026-12-25'],
    status: 'active',
    owner: { id: 'u', email: 'ann@example.com' },
    off: half,
    on: { ...half, schedule: 's2' },
    savings: { hoursOff: 469.3, targets: 2, targetHours: 938.6, usd: 64.29, why: null },
  }
  const [off, on] = [onOffPlan.off, onOffPlan.on].map((one) => ({ ...one, nextRuns: [] }))
  http.get('/on-off-plans', { config }, async () => ({
    items: [onOffPlan],
    nextCursor: null,
    total: { value: 1, relation: 'eq' },
  }))
  http.post('/on-off-plans', { config }, async (request) => {
    note(request)
    return onOffPlan
  })
  http.post('/on-off-plans/:id/pause', { config }, async () => ({ ...onOffPlan, status: 'paused', off, on }))
  http.post('/on-off-plans/:id/resume', { config }, async () => onOffPlan)
  http.delete('/on-off-plans/:id', { config }, async (request, reply) => {
    note(request)
    return reply.code(204).send(null)
  })
  http.get('/dead-letters', { config }, async (request) => {
    note(request)
    return { items: [], nextCursor: null, total: { value: 0, relation: 'eq' } }
  })
  http.post('/dead-letters/:id/requeue', { config }, async (request) => {
    note(request)
    return { id: 't2', status: 'queued', planHash: 'h' }
  })
  http.get('/sandbox/faults', { config }, async () => ({ items: [] }))
  http.delete('/sandbox/faults', { config }, async (_request, reply) => reply.code(204).send(null))
}

let running: Awaited<ReturnType<typeof startGateway>>
before(async () => {
  running = await startGateway({
    services: [{ name: 'fake', http: fakeServices }],
    access: fakeAccess((_principal, action) => action !== 'audit.read'),
  })
})
after(() => running.gateway.close())
beforeEach(() => {
  asked = []
  course = ['succeeded']
  confirmation = null
  me = 'u'
})

const cli = async (args: string[], options: { env?: Record<string, string>; answers?: string[] } = {}) => {
  const out: string[] = []
  const err: string[] = []
  const code = await runCli(args, {
    env: { ORCHESTRATOR_URL: running.url, ORCHESTRATOR_TOKEN: 'ann', ...options.env },
    out: (line) => out.push(line),
    err: (line) => err.push(line),
    isInteractive: options.answers !== undefined,
    ask: async (question) => {
      err.push(question)
      return options.answers?.shift() ?? ''
    },
    signal: new AbortController().signal,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}
const run = ['task', 'run', 'ec2.stop', '--id', 'i-1']

describe('task run', () => {
  test('shows the plan, asks, and files exactly that plan', async () => {
    const { code, out, err } = await cli([...run, '--reason', 'cost'], { answers: ['yes'] })
    assert.equal(code, exitCodes.ok)
    assert.match(out, /Risk +R2/)
    assert.match(out, /state: running -> stopped(?!.*ami)/)
    assert.match(out, /-12\.50 USD/)
    assert.match(out, /i-2: It is stopped already\./)
    assert.match(out, /Task t1 is queued\./)
    assert.match(err, /File this task for 1 target\?/)
    assert.deepEqual(asked[0]?.body, { operation: 'ec2.stop', targets: { ids: ['i-1'] }, params: {} })
    assert.deepEqual(asked[1]?.body, { planHash: 'hash-1', reason: 'cost' })
    assert.match(String(asked[1]?.key), /^[0-9a-f-]{36}$/)
  })
  test('what comes from AWS cannot command the terminal', async () => {
    const { out } = await cli([...run, '--dry-run'])
    assert.ok(out.includes('web-1?[31m'))
  })
  test('a no files nothing, and neither does nobody', async () => {
    assert.equal((await cli(run, { answers: ['n'] })).code, exitCodes.failed)
    const nobody = await cli(run)
    assert.equal(nobody.code, exitCodes.usage)
    assert.match(nobody.err, /--yes/)
    assert.equal((await cli([...run, '--json'], { answers: [] })).code, exitCodes.usage)
    assert.ok(asked.every(({ url }) => url.endsWith('/plans')))
  })
  test('what makes something takes an account and a Region, and long parameters a file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orchestrator-cli-'))
    const file = join(folder, 'alarms.json')
    writeFileSync(file, '{"alarms":[{"name":"x"}]}')
    const make = ['task', 'run', 'cloudwatch.alarm.put', '--account', '111122223333', '--region', 'eu-west-1']
    await cli([...make, '--params', `@${file}`, '--dry-run'])
    assert.deepEqual(asked[0]?.body, {
      operation: 'cloudwatch.alarm.put',
      targets: { account: '111122223333', region: 'eu-west-1' },
      params: { alarms: [{ name: 'x' }] },
    })
    rmSync(folder, { recursive: true })
    const gone = await cli([...make, '--params', `@${file}`])
    assert.deepEqual([gone.code, asked.length], [exitCodes.usage, 1])
    assert.equal((await cli(['task', 'run', 'ec2.stop', '--account', '111122223333'])).code, exitCodes.usage)
  })
  test('parameters are typed by the operation', async () => {
    await cli([
      ...run,
      '--yes',
      '--params',
      '{"force":false,"kept":1}',
      '--param',
      'force=true',
      '--param',
      'note=12',
      '--param',
      'tags.cost-center=0042',
    ])
    assert.deepEqual((asked[0]?.body as { params: unknown }).params, {
      force: true,
      kept: 1,
      note: '12',
      tags: { 'cost-center': '0042' },
    })
  })
  test('waits for the end and says by the exit code how it was', async () => {
    course = ['queued', 'running', 'succeeded']
    const good = await cli([...run, '--yes', '--wait'])
    assert.equal(good.code, exitCodes.ok)
    assert.match(good.err, /running: 0 of 1 done, 1 running/)
    assert.match(good.out, /Task t1 succeeded\./)
    course = ['running', 'failed']
    const bad = await cli([...run, '--yes', '--wait', '--json'])
    assert.equal(bad.code, exitCodes.taskNotSucceeded)
    assert.equal(JSON.parse(bad.out).status, 'failed')
    assert.equal(JSON.parse(bad.err).error.code, 'outcome_unknown')
  })
  test('without targets it is wrong usage; with none left there is nothing to do', async () => {
    assert.equal((await cli(['task', 'run', 'ec2.stop'])).code, exitCodes.usage)
    assert.equal((await cli(['task', 'run', 'ec2.stop', '--id', 'a', '--query', 'b'])).code, exitCodes.usage)
    assert.equal((await cli(['task', 'run', 'ec2.none', '--id', 'a', '--yes'])).code, exitCodes.conflict)
    assert.equal((await cli([...run, '--priority', '1000'])).code, exitCodes.usage)
  })
})

test('lists are tables for people and JSON for programs', async () => {
  const people = await cli(['task', 'list', '--status', 'queued,running', '--limit', '10'])
  assert.match(people.out, /^ID +OPERATION +STATUS/)
  assert.match(people.out, /1 of 12; more with --cursor abc/)
  const { searchParams } = new URL(asked[0]?.url ?? '', running.url)
  assert.deepEqual(Object.fromEntries(searchParams), { status: 'queued,running', limit: '10' })
  assert.equal(JSON.parse((await cli(['task', 'list', '--json'])).out).nextCursor, 'abc')
})

test('a search goes through all its pages, and counts instead of telling rows', async () => {
  const one = await cli(['resources', 'pages'])
  assert.match(one.out, /first[^]*10000/)
  assert.match(one.out, /--cursor second/)
  const all = JSON.parse((await cli(['resources', 'pages', '--all', '--json'])).out)
  assert.deepEqual(
    all.items.map(({ name }: { name: string }) => name),
    ['first', 'second', 'third'],
  )
  assert.deepEqual(all.total, { value: 3, relation: 'eq' })
  const counts = await cli(['resources', 'x', '--facets', 'state'])
  assert.match(counts.out, /state +running +~12/)
  assert.match(counts.out, /state +\(none\) +~3/)
  assert.match(counts.out, /region +eu-west-1 +15/)
  assert.match(counts.out, /2 more values of state\nCounted 90 s ago\n/)
})

test('an export goes to the standard output, or to a file that is not there yet', async () => {
  const text = 'name,id\r\nweb-1,arn:1\r\n"two\nlines",arn:2\r\n'
  const { code, out } = await cli(['resources', 'export', 'web', '--columns', 'name,id'])
  assert.equal(code, exitCodes.ok)
  assert.equal(`${out}\n`, text)
  const folder = await mkdtemp(join(tmpdir(), 'orchestrator-export-'))
  try {
    const file = join(folder, 'all.csv')
    assert.equal((await cli(['resources', 'export', '--output', file])).code, exitCodes.ok)
    assert.equal(await readFile(file, 'utf8'), text)
    await cli(['resources', 'export', 'web', '--type', 'ec2.instance', '--account', '1'])
    const { searchParams } = new URL(asked.at(-1)?.url ?? '', running.url)
    assert.deepEqual([searchParams.get('type'), searchParams.get('account')], ['ec2.instance', '1'])
    const again = await cli(['resources', 'export', '--output', file])
    assert.equal(again.code, exitCodes.failed)
    assert.match(again.err, /not overwritten/)
  } finally {
    await rm(folder, { recursive: true })
  }
  assert.equal((await cli(['resources', 'export', '--format', 'xlsx'])).code, exitCodes.usage)
})

test('an approval is bound to the plan and to the typed confirmation', async () => {
  await cli(['task', 'approve', 't1', '--yes'])
  assert.deepEqual(asked.at(-1)?.body, { planHash: 'hash-1' })
  confirmation = 'stop 1 in sandbox'
  const without = await cli(['task', 'approve', 't1', '--yes'])
  assert.equal(without.code, exitCodes.usage)
  assert.match(without.err, /--confirm "stop 1 in sandbox"/)
  await cli(['task', 'approve', 't1', '--plan-hash', 'hash-0'], { answers: ['stop 1 in sandbox'] })
  assert.deepEqual(asked.at(-1)?.body, { planHash: 'hash-0', confirmation: 'stop 1 in sandbox' })
  me = 'somebody else'
  await cli(['task', 'approve', 't1', '--yes'])
  assert.deepEqual(asked.at(-1)?.body, { planHash: 'hash-1' }, 'only who filed it has to type')
})

test('breaking the glass takes the words of what is about to happen, and hands on reason and limit', async () => {
  const args = ['task', 'run', 'ec2.stop', '--id', 'i-1', '--break-glass', 'the site is down', '--within', '15']
  assert.equal((await cli(args, { answers: ['y'] })).code, exitCodes.failed)
  assert.equal(asked.length, 1, 'planned only')
  assert.equal((await cli(args, { answers: ['ec2.stop 1'] })).code, exitCodes.ok)
  const breakGlass = { reason: 'the site is down', minutes: 15 }
  assert.deepEqual(asked.at(-1)?.body, { planHash: 'hash-1', breakGlass })
  const alone = await cli(['task', 'run', 'ec2.stop', '--id', 'i-1', '--within', '15', '--yes'])
  assert.equal(alone.code, exitCodes.usage)
})

test('a schedule is made with the targets, times and typed parameters that were given', async () => {
  const made = await cli([
    'schedule',
    'create',
    'ec2.stop',
    '--name',
    'dev off',
    '--query',
    'tag.env:dev',
    '--account',
    '111122223333',
    '--param',
    'force=true',
    '--cron',
    '0 19 * * 1-5',
    '--zone',
    'Europe/Berlin',
    '--skip',
    '2026-12-25',
  ])
  assert.equal(made.code, exitCodes.ok, made.err)
  assert.deepEqual(asked.at(-1)?.body, {
    name: 'dev off',
    operation: 'ec2.stop',
    targets: { query: 'tag.env:dev', account: '111122223333' },
    params: { force: true },
    cron: '0 19 * * 1-5',
    timeZone: 'Europe/Berlin',
    skipDates: ['2026-12-25'],
    missedRuns: 'run_once',
  })
  assert.match(made.out, /Next runs +2026-11-27T18:00/)
  const usage = ['schedule', 'create', 'ec2.stop', '--name', 'x', '--query', 'q']
  assert.equal((await cli(usage)).code, exitCodes.usage, 'neither --cron nor --at')
  assert.equal((await cli(['schedule', 'create', 'ec2.stop', '--cron', '* * * * *'])).code, exitCodes.usage, 'no name')
})

test('schedules are listed, paused, run and deleted', async () => {
  assert.match((await cli(['schedule', 'list'])).out, /s1 +dev off +ec2\.stop +0 19 \* \* 1-5 +Europe\/Berlin +active/)
  assert.match((await cli(['schedule', 'pause', 's1'])).out, /"dev off" is paused; next run: none/)
  assert.match((await cli(['schedule', 'run', 's1'])).out, /Run r1 is pending/)
  assert.equal((await cli(['schedule', 'delete', 's1'])).code, exitCodes.ok)
  assert.ok(asked.some(({ url }) => url.endsWith('/schedules/s1')))
})

test('an on/off plan is made with days, times and holidays, listed, paused, resumed and deleted', async () => {
  const args = ['on-off', 'create', '--name', 'dev', '--query', 'tag.env:dev', '--off', '19:00', '--on', '07:00']
  const made = await cli([...args, '--days', 'mon,fri', '--zone', 'Europe/Berlin', '--except', '2026-12-25'])
  assert.equal(made.code, exitCodes.ok, made.err)
  assert.deepEqual(asked.at(-1)?.body, {
    name: 'dev',
    targets: { query: 'tag.env:dev' },
    days: ['MON', 'FRI'],
    offAt: '19:00',
    onAt: '07:00',
    timeZone: 'Europe/Berlin',
    exceptDates: ['2026-12-25'],
  })
  assert.match(made.out, /Saves a month +64\.29 USD/)
  assert.equal((await cli(args.filter((arg) => arg !== '--on' && arg !== '07:00'))).code, exitCodes.usage)
  assert.equal((await cli([...args, '--target', 'i-1'])).code, exitCodes.usage, 'both --query and --target')
  assert.match((await cli(['on-off', 'list'])).out, /p1 +dev +MON,FRI +19:00 +07:00 +Europe\/Berlin +active/)
  assert.match((await cli(['on-off', 'pause', 'p1'])).out, /"dev" is paused; next off: none, next on: none/)
  assert.match((await cli(['on-off', 'resume', 'p1'])).out, /"dev" is active; next off: 2026-11-27T18:00/)
  assert.equal((await cli(['on-off', 'delete', 'p1'])).code, exitCodes.ok)
  assert.ok(asked.some(({ url }) => url.endsWith('/on-off-plans/p1')))
})

test('a dead letter is put back with a reason, and its effect repeated only when that is said', async () => {
  await cli(['dead-letters', 'list', '--cause', 'outcome_unknown'])
  assert.match(asked.at(-1)?.url ?? '', /cause=outcome_unknown/)
  assert.equal((await cli(['dead-letters', 'requeue', 'd1'])).code, exitCodes.usage)
  await cli(['dead-letters', 'requeue', 'd1', '--reason', 'looked'])
  assert.deepEqual(asked.at(-1)?.body, { reason: 'looked', repeatEffect: false })
  const again = await cli(['dead-letters', 'requeue', 'd1', '--reason', 'looked', '--repeat-effect'])
  assert.deepEqual(asked.at(-1)?.body, { reason: 'looked', repeatEffect: true })
  assert.match(again.out, /Task t2 is queued/)
})

test('faults can be listed and cleared', async () => {
  assert.equal((await cli(['sandbox', 'fault', 'list'])).code, exitCodes.ok)
  assert.deepEqual(JSON.parse((await cli(['sandbox', 'fault', 'clear', '--json'])).out), { cleared: 'all' })
})

test('what changed, and what is different between two times, of everything and of one', async () => {
  const lines =
    /\/state: "running" -> "stopped"\n +\/tags\/env: \(none\) -> "x{79}…\n +\/config\/Disks from 1 on: \["b"\] -> \[\]/
  const each = await cli([
    'resources',
    'changes',
    'tag.env:dev',
    '--from',
    '2026-11-27T09:00:00+01:00',
    '--kind',
    'changed',
  ])
  assert.match(
    each.out,
    /^2026-11-27T10:00:00.000Z {2}changed {2}ec2.instance {2}web\? {2}arn:1 {2}\(task t1, ec2.stop\)\n/,
  )
  assert.match(each.out, lines)
  const query = () => Object.fromEntries(new URL(asked.at(-1)?.url ?? '', running.url).searchParams)
  assert.deepEqual(query(), { q: 'tag.env:dev', from: '2026-11-27T08:00:00.000Z', kind: 'changed', limit: '50' })

  const net = await cli(['resources', 'changes', '--net', '--from', '7d'])
  assert.match(net.out, lines)
  assert.match(net.out, /changed +1\n/)
  assert.match(net.out, /gone +0 or more\n/)
  assert.match(net.out, /--cursor abc/)
  const ago = Date.now() - Date.parse(query()['from'] ?? '')
  assert.ok(ago >= 7 * 86_400_000 && ago < 8 * 86_400_000)
  await cli(['resources', 'changes', '--net', '--from', '7d', '--cursor', 'abc'])
  assert.deepEqual(query(), { cursor: 'abc', limit: '50' }, 'the cursor keeps the times')
  assert.equal(JSON.parse((await cli(['resources', 'changes', '--net', '--json'])).out).items[0].kind, 'changed')

  const history = await cli(['resources', 'history', 'arn:aws:ec2:r:1:instance/i-1'])
  assert.match(history.out, /changed {2}\(StopInstances by eve\)\n/)
  assert.match(asked.at(-1)?.url ?? '', /\/resources\/arn%3Aaws%3Aec2%3Ar%3A1%3Ainstance%2Fi-1\/history\?/)
  const one = await cli(['resources', 'history', 'arn:1', '--net', '--from', '2d', '--to', '1h'])
  assert.match(one.out, /in 1 step\nFirst seen at 2026-11-27T09:30:00.000Z/)
  assert.match(one.out, lines)
  assert.match(asked.at(-1)?.url ?? '', /\/resources\/arn%3A1\/history\/net\?from=.*&to=/)
  for (const bad of ['yesterday', '2026-11-27', '7y', '2026-13-01T00:00:00Z'])
    assert.equal((await cli(['resources', 'changes', '--from', bad])).code, exitCodes.usage, bad)
})

describe('failures say what to do, without a stack', () => {
  const cases: [string, string[], Record<string, string>, number, RegExp][] = [
    ['no token', ['task', 'list'], { ORCHESTRATOR_TOKEN: '' }, exitCodes.notSignedIn, /ORCHESTRATOR_TOKEN is not set/],
    [
      'a bad token',
      ['task', 'list'],
      { ORCHESTRATOR_TOKEN: '123' },
      exitCodes.notSignedIn,
      /\(unauthenticated\)[^]*revoked/,
    ],
    ['not allowed', ['audit', 'verify'], {}, exitCodes.notAllowed, /audit\.read/],
    ['not there', ['operations'], {}, exitCodes.notFound, /not_found/],
    ['impossible now', ['task', 'run', 'ec2.fly', '--id', 'i-1', '--yes'], {}, exitCodes.conflict, /\(drifted\)/],
    [
      'a fault of the server',
      ['resources', 'type:ec2.instance'],
      {},
      exitCodes.failed,
      /It broke\. \(broken\)[^]*log has the details under request/,
    ],
    [
      'a server that is away',
      ['task', 'list'],
      { ORCHESTRATOR_URL: 'http://127.0.0.1:9' },
      exitCodes.unavailable,
      /cannot be reached/,
    ],
    ['an address that is none', ['task', 'list'], { ORCHESTRATOR_URL: 'somewhere' }, exitCodes.usage, /not a URL/],
    ['an unknown command', ['tusk'], {}, exitCodes.usage, /unknown command/],
    ['an unknown option', ['task', 'list', '--all'], {}, exitCodes.usage, /unknown option/],
    ['a configuration that is wrong', ['config'], { ORCHESTRATOR_PROT: '1' }, exitCodes.failed, /ORCHESTRATOR_PORT/],
  ]
  for (const [what, args, env, code, expected] of cases) {
    test(what, async () => {
      const result = await cli(args, { env })
      assert.equal(result.code, code, result.err)
      assert.match(result.err, expected)
      assert.doesNotMatch(result.err, /\n\s+at /)
    })
  }
})

test('config masks secrets', async () => {
  const { out } = await cli(['config', '--json'], { env: { DATABASE_URL: 'postgres://u:hunter2@db/x' } })
  assert.doesNotMatch(out, /hunter2/)
  assert.ok(JSON.parse(out).some((row: { name: string; isSet: boolean }) => row.name === 'DATABASE_URL' && row.isSet))
})

test('doctor says what is wrong with the installation', async () => {
  const { code, out } = await cli(['doctor', '--json'], {
    env: { ORCHESTRATOR_URL: 'http://127.0.0.1:9', DATABASE_URL: 'postgres://u:p@127.0.0.1:9/x' },
  })
  assert.equal(code, exitCodes.checkFailed)
  const results = Object.fromEntries(
    JSON.parse(out).checks.map((check: { name: string; result: string }) => [check.name, check.result]),
  )
  assert.deepEqual(results, {
    Node: 'ok',
    Configuration: 'ok',
    'Data directory': 'ok',
    Server: 'failed',
    Database: 'failed',
    'AWS accounts': 'skipped',
  })
})

test('doctor says which permission is missing where, the same one once, and what else could not be read', () => {
  const type = (name: string, message: string | null, missingActions: string[] = []) => ({
    type: name,
    status: message === null ? ('fresh' as const) : ('failing' as const),
    sweptAt: null,
    nextAt: '2026-01-01T00:00:00.000Z',
    resources: null,
    error: message === null ? null : { message, at: '2026-01-01T00:00:00.000Z', missingActions },
  })
  const place = (region: string, service: string, types: ReturnType<typeof type>[]) => ({
    region,
    service,
    status: 'fresh' as const,
    sweptAt: null,
    nextAt: '2026-01-01T00:00:00.000Z',
    seconds: null,
    resources: null,
    error: null,
    types,
  })
  const denied = type('ec2.volume', 'UnauthorizedOperation: no', ['ec2:DescribeVolumes'])
  const checks = readChecks({
    id: '111122223333',
    name: 'shop',
    cloud: 'aws',
    regions: ['eu-west-1', 'us-east-1'],
    credentials: { kind: 'ambient' },
    isProduction: true,
    costs: 'prices',
    costExplorer: {
      nextAt: '2026-11-28T00:00:00.000Z',
      readAt: null,
      through: null,
      requests: 1,
      resources: 0,
      error: 'AWS Lambda: AccessDeniedException: no',
    },
    sync: [
      place('eu-west-1', 'ec2', [type('ec2.instance', null), denied]),
      place('us-east-1', 'ec2', [type('ec2.instance', null), denied]),
      place('us-east-1', 'logs', [type('logs.group', 'ECONNREFUSED: away')]),
    ],
  })
  assert.deepEqual(
    checks.map(({ name, details }) => [name, details]),
    [
      [
        'Account 111122223333, ec2 in eu-west-1, us-east-1',
        'ec2.volume: the role lacks ec2:DescribeVolumes. Deploy `orchestrator iam-template` anew, or allow it.',
      ],
      ['Account 111122223333, logs in us-east-1', 'logs.group: ECONNREFUSED: away'],
      ['Account 111122223333, costs from Cost Explorer', 'AWS Lambda: AccessDeniedException: no'],
    ],
  )
})

test('a parameter named like a prototype is just a name', () => {
  const params = paramsFrom({ param: ['__proto__.isAdmin=true'] }, undefined)
  assert.equal(JSON.stringify(params), '{"__proto__":{"isAdmin":true}}')
  assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined)
})

describe('templates for the accounts', () => {
  // After AWS's references of CloudFormation and of IAM.
  test('of the role: who may assume it, with which external id, and what it may do', async () => {
    const trust = 'arn:aws:iam::999988887777:role/console'
    const args = ['iam-template', '--trust', trust, '--external-id', 'shop-1', '--operation', 'ec2.reboot']
    const { code, out } = await cli(args, { env: { ORCHESTRATOR_TOKEN: '' } })
    assert.equal(code, exitCodes.ok)
    const { AWSTemplateFormatVersion, Parameters, Resources, Outputs } = JSON.parse(out)
    assert.equal(AWSTemplateFormatVersion, '2010-09-09')
    assert.deepEqual(
      [Parameters.TrustedPrincipal.Default, Parameters.ExternalId.Default, Parameters.RoleName.Default],
      [trust, 'shop-1', 'aws-orchestrator'],
    )
    const { Type, Properties } = Resources.Role
    assert.equal(Type, 'AWS::IAM::Role')
    assert.deepEqual(Properties.AssumeRolePolicyDocument.Statement, [
      {
        Effect: 'Allow',
        Principal: { AWS: { Ref: 'TrustedPrincipal' } },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
      },
    ])
    const [{ PolicyDocument }] = Properties.Policies
    assert.deepEqual(PolicyDocument, JSON.parse((await cli(['iam-policy', '--operation', 'ec2.reboot'])).out))
    assert.deepEqual(Outputs.RoleArn.Value, { 'Fn::GetAtt': ['Role', 'Arn'] })
  })
  test('for looking only; an external id that nobody guesses unless one is given; all of it fits into a role', async () => {
    const read = async () => JSON.parse((await cli(['iam-template', '--read-only'])).out)
    const [one, other] = [await read(), await read()]
    assert.match(one.Parameters.ExternalId.Default, /^[\w-]{32}$/)
    assert.notEqual(one.Parameters.ExternalId.Default, other.Parameters.ExternalId.Default)
    assert.deepEqual(
      one.Resources.Role.Properties.Policies[0].PolicyDocument.Statement.map(({ Sid }: { Sid: string }) => Sid),
      ['Read'],
    )
    const all = JSON.parse((await cli(['iam-template'])).out)
    // Cost Explorer takes money: only for whoever asks for it.
    const action = 'ce:GetCostAndUsageWithResources'
    assert.ok(!JSON.stringify(all).includes(action))
    for (const command of ['iam-template', 'iam-policy'])
      assert.ok((await cli([command, '--read-only', '--cost-explorer'])).out.includes(action), command)
    // AWS: "the total aggregate policy size of all inline policies of a role: 10,240 characters".
    assert.ok(JSON.stringify(all.Resources.Role.Properties.Policies[0].PolicyDocument).length <= 10_240)
  })
  test('of the queue, and of an account that sends events', async () => {
    const hub = JSON.parse((await cli(['event-template', '--hub', '--organization', 'o-abcdefghij'])).out)
    assert.equal(hub.Parameters.OrganizationId.Default, 'o-abcdefghij')
    assert.deepEqual(hub.Outputs.QueueUrl.Value, { Ref: 'Queue' })
    // Each name that is referred to is there.
    for (const template of [hub, JSON.parse((await cli(['event-template'])).out)]) {
      const names = new Set([...Object.keys(template.Parameters), ...Object.keys(template.Resources)])
      const text = JSON.stringify(template)
      for (const [, name] of text.matchAll(/"Ref":"(\w+)"|"Fn::GetAtt":\["(\w+)"/g))
        if (name !== undefined) assert.ok(names.has(name), name)
    }
    const bus = 'arn:aws:events:eu-west-1:999988887777:event-bus/aws-orchestrator'
    const source = JSON.parse((await cli(['event-template', '--bus', bus])).out)
    assert.equal(source.Parameters.BusArn.Default, bus)
    assert.deepEqual(source.Resources.StateChanges.Properties.EventPattern, {
      source: ['aws.ec2'],
      'detail-type': ['EC2 Instance State-change Notification'],
    })
  })
  test('what can not be meant is a usage error', async () => {
    for (const args of [
      ['iam-template', '--trust', 'everybody'],
      ['iam-template', '--external-id', 'x'],
      ['iam-template', '--role-name', 'a b'],
      ['iam-template', '--read-only', '--operation', 'ec2.stop'],
      ['iam-template', '--operation', 'ec2.fly'],
      ['event-template', '--hub', '--bus', 'arn:aws:events:eu-west-1:999988887777:event-bus/x'],
      ['event-template', '--organization', 'o-abcdefghij'],
      ['event-template', '--bus', 'x'],
      ['event-template', '--hub', '--organization', 'x'],
    ])
      assert.equal((await cli(args)).code, exitCodes.usage, args.join(' '))
  })
})

describe('iam-policy', () => {
  test('for looking only: what the inventory and its charts read', async () => {
    const { code, out } = await cli(['iam-policy', '--read-only'], { env: { ORCHESTRATOR_TOKEN: '' } })
    assert.equal(code, exitCodes.ok)
    const { Version, Statement } = JSON.parse(out)
    assert.equal(Version, '2012-10-17')
    assert.deepEqual(
      Statement.map(({ Sid, Effect, Resource }: Record<string, string>) => [Sid, Effect, Resource]),
      [['Read', 'Allow', '*']],
    )
    const actions: string[] = Statement[0].Action
    for (const action of ['cloudwatch:GetMetricData', 'ec2:DescribeInstances', 'logs:FilterLogEvents'])
      assert.ok(actions.includes(action), action)
    for (const action of actions) assert.match(action, /^[a-z0-9]+:(?:Describe|Filter|Get|List|Lookup)[A-Za-z]+$/)
  })
  test('for some operations: no more than they need, the same text with and without --json', async () => {
    const names = ['iam-policy', '--operation', 'ec2.reboot', 'logs.retention']
    const { out } = await cli(names)
    const actions = JSON.parse(out)
      .Statement.slice(1)
      .map(({ Action }: { Action: string[] }) => Action)
    assert.deepEqual(actions, [['ec2:RebootInstances'], ['logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy']])
    assert.equal((await cli([...names, '--json'])).out, out)
  })
  test('for all operations it is longer; unknown names and contradictions are usage errors', async () => {
    const all = JSON.parse((await cli(['iam-policy'])).out)
    assert.ok(all.Statement.some(({ Sid }: { Sid: string }) => Sid === 'Alarms'))
    assert.equal((await cli(['iam-policy', '--operation', 'ec2.fly'])).code, exitCodes.usage)
    assert.equal((await cli(['iam-policy', '--read-only', '--operation', 'ec2.stop'])).code, exitCodes.usage)
  })
})
