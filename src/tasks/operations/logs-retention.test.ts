import { test } from 'node:test'
import assert from 'node:assert/strict'
import { createFakeAws, createFakeEc2, sandboxAccount } from '../../../test/support/fake-ec2.ts'
import { AwsFailure } from '#aws/failure.ts'
import type { LogGroup, Logs } from '#aws/logs.ts'
import type { Image } from '#contracts/task.ts'
import type { Scope, Step, StepTarget } from '../operation.ts'
import { logsRetention } from './logs-retention.ts'

const arnOf = (name: string): string => `arn:aws:logs:eu-central-1:111122223333:log-group:${name}`
const image = (retentionDays: number | null, more: Image = {}): Image => ({
  retentionDays,
  retentionPolicy: null,
  logClass: 'STANDARD',
  ...more,
})
const target = (name: string, before: Image, after: Image): StepTarget => ({
  itemId: name,
  id: arnOf(name),
  before,
  after,
  results: {},
})

const createFake = (groups: Record<string, Partial<LogGroup>>) => {
  const all = new Map(
    Object.entries(groups).map(([name, given]): [string, LogGroup] => [
      name,
      {
        name,
        arn: arnOf(name),
        account: '111122223333',
        region: 'eu-central-1',
        retentionDays: null,
        retentionPolicy: null,
        logClass: 'STANDARD',
        storedBytes: 2_500_000_000,
        createdAt: null,
        kmsKeyId: null,
        isDeletionProtected: false,
        raw: {},
        ...given,
      },
    ]),
  )
  const calls: string[] = []
  const set = (name: string, retentionDays: number | null): void => {
    calls.push(`${name} ${retentionDays}`)
    const group = all.get(name)
    if (group === undefined) {
      const about = { service: 'logs', action: 'PutRetentionPolicy' }
      throw new AwsFailure({ kind: 'permanent', code: 'ResourceNotFoundException', message: 'gone', ...about })
    }
    all.set(name, { ...group, retentionDays })
  }
  const logs: Logs = {
    describeGroups: async (_call, names) => names.flatMap((name) => all.get(name) ?? []),
    listGroups: async function* () {
      yield [...all.values()]
    },
    listMetricFilters: async function* () {},
    filterEvents: async () => ({ events: [], next: null }),
    putRetention: async (_call, name, days) => set(name, days),
    deleteRetention: async (_call, name) => set(name, null),
  }
  const aws = { ...createFakeAws(createFakeEc2([])), logs: async () => logs }
  const scope: Scope = { aws, account: sandboxAccount, region: 'eu-central-1', call: { priority: 'bulk' } }
  return { scope, calls, daysOf: (name: string) => all.get(name)?.retentionDays }
}
const liveOf = async (group: Partial<LogGroup>) => {
  const { scope } = createFake({ g: group })
  return (await logsRetention.read(scope, [arnOf('g')], { days: 7 })).get(arnOf('g'))!
}
const act = logsRetention.steps.find((step): step is Extract<Step, { kind: 'act' }> => step.kind === 'act')!

test("AWS's 22 retention times or none at all, and nothing else", () => {
  const accepts = (days: unknown): boolean => logsRetention.params.safeParse({ days }).success
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
  const legal = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
  ]
  assert.equal(legal.length, 22)
  for (const days of [...legal, null]) assert.ok(accepts(days), `${days}`)
  for (const days of [0, 2, -1, 31, 366, 3654, 7.5, '7', undefined]) assert.equal(accepts(days), false, String(days))
})

test('lowering is R4 and can not be undone in full; raising is R1 and can', async () => {
  const judge = async (from: number | null, to: number | null) => {
    const live = await liveOf({ retentionDays: from })
    const after = logsRetention.desired(live.image, { days: to as never }, live)
    return [
      logsRetention.riskOf?.(live, after, { days: null }) ?? logsRetention.risk,
      logsRetention.undo.labelOf?.(live.image, after),
    ]
  }
  assert.deepEqual(await judge(7, 30), ['R1', 'exact'])
  assert.deepEqual(await judge(30, null), ['R1', 'exact'])
  assert.deepEqual(await judge(30, 7), ['R4', 'best-effort'])
  assert.deepEqual(await judge(null, 3653), ['R4', 'best-effort'])
})

test('lowering says what is lost', async () => {
  const live = await liveOf({ retentionDays: null })
  assert.deepEqual(logsRetention.warn?.(live, { days: 7 }, image(7)), [
    'loses all events older than 7 days, usually within 72 hours, for good; 3 GB are stored now',
  ])
  assert.deepEqual(logsRetention.warn?.(await liveOf({ retentionDays: 7 }), { days: 30 }, image(30)), [])
})

test('groups whose retention is not their own are left out', async () => {
  const guard = async (group: Partial<LogGroup>) => logsRetention.guard(await liveOf(group), { days: 7 })
  assert.equal(await guard({}), null)
  assert.equal(await guard({ logClass: 'DELIVERY' }), 'is of the class DELIVERY, whose retention AWS has fixed')
  assert.match((await guard({ retentionPolicy: 'all-90' })) ?? '', /retention policy "all-90"/)
})

test('each group is set by a call of its own, never-expiring ones lose theirs; a refused one fails alone', async () => {
  const fake = createFake({ a: { retentionDays: 7 }, b: {} })
  const outcomes = await act.run(
    fake.scope,
    [target('a', image(7), image(null)), target('none', image(7), image(30)), target('b', image(null), image(30))],
    {},
  )
  assert.deepEqual(
    outcomes.map((outcome) => (outcome.kind === 'failed' ? outcome.code : outcome.kind)),
    ['done', 'ResourceNotFoundException', 'done'],
  )
  assert.deepEqual(fake.calls, ['a null', 'none 30', 'b 30'])
})

test('after an unknown outcome: done, not done, gone, or changed by somebody else', async () => {
  const fake = createFake({ done: { retentionDays: 30 }, not: { retentionDays: 7 }, strange: { retentionDays: 1 } })
  const targets = ['done', 'not', 'gone', 'strange'].map((name) => target(name, image(7), image(30)))
  const outcomes = await act.reread?.(fake.scope, targets, {})
  assert.deepEqual(
    outcomes?.map((outcome) => outcome?.kind ?? null),
    ['done', null, 'failed', 'drifted'],
  )
})

test('compensation puts back what this task changed, and nothing that somebody else did', async () => {
  const fake = createFake({ ours: { retentionDays: 30 }, theirs: { retentionDays: 1 }, never: { retentionDays: 7 } })
  const targets = ['ours', 'theirs', 'never', 'gone'].map((name) => target(name, image(7), image(30)))
  const outcomes = await act.compensate?.(fake.scope, targets, {})
  assert.deepEqual(
    outcomes?.map(({ kind }) => kind),
    ['done', 'drifted', 'done', 'failed'],
  )
  assert.deepEqual(fake.calls, ['ours 7'])
})
