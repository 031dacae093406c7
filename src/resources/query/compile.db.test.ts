import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { freshDatabase } from '../../../test/support/database.ts'
import { condition } from '../store/list.ts'
import { createApply } from '../sync/apply.ts'
import { accountA, accountB, fakeInstance } from '../testing/fake-aws.ts'
import { observeInstance } from '../types/ec2-instance.ts'
import type { Observed } from '../types/resource-type.ts'
import { compileQuery } from './compile.ts'
import { parseQuery } from './parse.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
  for (const account of [accountA, accountB]) {
    const group = { account, region: 'eu-west-1', type: 'ec2.instance' }
    const { apply } = createApply({ db: database.db, notifier: { nudge: () => {} } })
    await apply(
      group,
      estate.filter((one) => one.account === account),
      new Date(),
    )
  }
  for (const [awsId, average] of Object.entries(cpu)) {
    await database.db.query({
      text: `insert into resource_signals select account, id, $2, now() from resources where aws_id = $1`,
      values: [awsId, average],
    })
  }
})
after(() => database.drop())

/** Average CPU by AWS id; the others' isn't known. */
const cpu: Record<string, number> = { 'i-01': 3, 'i-11': 50, 'i-22': 3 }

const accounts = [
  { id: accountA, name: 'Alpha' },
  { id: accountB, name: 'beta' },
]
const names = ['web-1', 'Web_2', '50% off', 'db\\main', "o'hara", 'ÄPFEL', null]
const estate: Observed[] = [accountA, accountB].flatMap((account) =>
  names.flatMap((name, index) => {
    const tags: Record<string, string> = name === null ? {} : { Name: name }
    if (index % 2 === 0) tags['env'] = index % 4 === 0 ? 'prod' : 'Prod'
    if (index % 3 === 0) tags['aws:x'] = ''
    const state = index % 3 === 0 ? 'stopped' : 'running'
    const launchedAt = index % 2 === 0 ? new Date(Date.now() - 40 * 86_400_000).toISOString() : null
    const instanceType = index % 3 === 1 ? 'T3.micro' : 'm5.large'
    return observeInstance(
      fakeInstance(`i-${index}${account.slice(0, 1)}`, {
        account,
        tags,
        state,
        launchedAt,
        instanceType,
        volumeIds: index % 2 === 0 ? ['vol-1', `vol-2${index}`] : [],
      }),
    )
  }),
)

const run = async (text: string): Promise<string[]> => {
  const where = condition((bind) => compileQuery(parseQuery(text), bind, accounts))
  const rows = await database.db.query<{ aws_id: string }>({
    text: `select aws_id from resources r where ${where.text}`,
    values: where.values,
  })
  return rows.map(({ aws_id }) => aws_id).sort()
}
const idsOf = (some: Observed[]): string[] => some.map(({ awsId }) => awsId).sort()
const those = (isOne: (one: Observed) => boolean): string[] => idsOf(estate.filter(isOne))

/** What a term means, said a second time: regular expressions and plain loops over the objects. */
type Meaning = { text: string; isOne: (one: Observed) => boolean }
const wild = (value: string, flags: string): RegExp =>
  new RegExp(
    `^${value
      .split('*')
      .map((piece) => piece.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
      .join('[^]*')}$`,
    flags,
  )
const quote = (text: string): string => `"${text.replace(/[\\"]/g, '\\$&')}"`

const terms: Meaning[] = [
  ...['running', 'STOPPED', 'run*', '*', 'gone'].map((value) => ({
    text: `state:${value}`,
    isOne: (one: Observed) => wild(value, 'i').test(one.state ?? ''),
  })),
  ...['web*', '*_2', '*%*', 'web-1', 'WEB-1', '*', 'äpfel'].map((value) => ({
    text: `name:${value}`,
    isOne: (one: Observed) => wild(value, 'i').test(one.name ?? ''),
  })),
  ...['*', 'prod', 'Prod', '*rod', 'P*'].map((value) => ({
    text: `tag.env:${value}`,
    isOne: (one: Observed) => one.tags['env'] !== undefined && wild(value, '').test(one.tags['env']),
  })),
  { text: 'tag."aws:x":""', isOne: (one) => one.tags['aws:x'] === '' },
  { text: 'tag.nobody:*', isOne: () => false },
  { text: 'account:alpha', isOne: (one) => one.account === accountA },
  { text: 'account:2*', isOne: (one) => one.account === accountB },
  { text: 'type:ec2.*', isOne: () => true },
  { text: 'service:EC2', isOne: () => true },
  { text: 'service:s3', isOne: () => false },
  { text: 'state:(stopped or pending)', isOne: (one) => one.state === 'stopped' },
  { text: 'cost:>50', isOne: (one) => one.cost !== null && one.cost.monthlyUsd > 50 },
  { text: 'cost:<=0', isOne: (one) => one.cost !== null && one.cost.monthlyUsd === 0 },
  { text: 'cost:*', isOne: (one) => one.cost !== null },
  { text: 'cost:>-5', isOne: (one) => one.cost !== null },
  { text: 'cpu:<5', isOne: (one) => cpu[one.awsId] === 3 },
  { text: 'cpu:>=3', isOne: (one) => cpu[one.awsId] !== undefined },
  { text: 'cpu:*', isOne: (one) => cpu[one.awsId] !== undefined },
  // 40 days where AWS says it; the others were seen for the first time just now
  { text: 'age:>30d', isOne: (one) => one.summary['launchedAt'] !== null },
  { text: 'age:<1h', isOne: (one) => one.summary['launchedAt'] === null },
  { text: 'age:>=7w', isOne: () => false },
  { text: 'instanceType:M5.*', isOne: (one) => one.summary['instanceType'] === 'm5.large' },
  { text: 'instanceType:t3.MICRO', isOne: (one) => one.summary['instanceType'] === 'T3.micro' },
  { text: 'summary.launchedAt:*', isOne: (one) => one.summary['launchedAt'] !== null },
  { text: 'publicIp:*', isOne: () => false },
  { text: 'volumeIds:vol-1', isOne: (one) => (one.summary['volumeIds'] as string[]).includes('vol-1') },
  { text: 'volumeIds:vol-2*', isOne: (one) => (one.summary['volumeIds'] as string[]).length === 2 },
  { text: 'runningMonthlyUsd:>50', isOne: (one) => Number(one.summary['runningMonthlyUsd']) > 50 },
  { text: 'instanceType:>5', isOne: () => false },
  { text: 'summary.nothing:x', isOne: () => false },
  { text: 'region:us-*', isOne: () => false },
  { text: 'id:i-01', isOne: (one) => one.awsId === 'i-01' },
  { text: fakeInstance('i-12', { account: accountB }).arn, isOne: (one) => one.awsId === 'i-12' },
  ...["o'hara", '50%', 'B\\M', '_', 'äpf', 'M5.LARGE', "'; drop table resources; --"].map((value) => ({
    text: quote(value),
    isOne: (one: Observed) =>
      [
        one.name,
        one.awsId,
        one.type,
        one.state,
        one.id,
        ...Object.entries(one.tags).flat(),
        ...Object.values(one.summary).flat(),
      ].some((hay) => typeof hay === 'string' && hay.toLowerCase().includes(value.toLowerCase())),
  })),
]

test('each term finds what it says', async () => {
  for (const { text, isOne } of terms) assert.deepEqual(await run(text), those(isOne), text)
  assert.equal((await run('')).length, estate.length)
})

const query: fc.Arbitrary<Meaning> = fc.letrec<{ query: Meaning }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...terms),
    tie('query').map(({ text, isOne }) => ({ text: `-(${text})`, isOne: (one: Observed) => !isOne(one) })),
    fc.tuple(tie('query'), tie('query'), fc.constantFrom(' ', ' and ')).map(([a, b, and]) => ({
      text: `(${a.text})${and}(${b.text})`,
      isOne: (one: Observed) => a.isOne(one) && b.isOne(one),
    })),
    fc.tuple(tie('query'), tie('query')).map(([a, b]) => ({
      text: `(${a.text} or ${b.text})`,
      isOne: (one: Observed) => a.isOne(one) || b.isOne(one),
    })),
  ),
})).query

test('and, or and not mean in SQL what they mean', async () => {
  await fc.assert(
    fc.asyncProperty(query, async ({ text, isOne }) => {
      assert.deepEqual(await run(text), those(isOne), text)
    }),
    { numRuns: 200 },
  )
})

test('whatever is understood can be asked: PostgreSQL refuses no statement', async () => {
  const part = fc.constantFrom(
    'type:',
    'tag.a:',
    'tag."',
    'cost:>1',
    'cpu:<',
    'age:>1000y',
    'sizeGib:>=0.5',
    'summary.x:',
    'state:(',
    'type:(a b)',
    '-1',
    '"',
    '(',
    ')',
    '-',
    ' ',
    ' or ',
    '*',
    '\\',
    'a',
    "'",
    '%',
    '_',
    '$1',
    'ö',
    '🙂',
    '\u0001',
  )
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 12 }), async (parts) => {
      const text = parts.join('')
      try {
        parseQuery(text)
      } catch {
        return
      }
      await run(text)
    }),
    { numRuns: 400 },
  )
})
