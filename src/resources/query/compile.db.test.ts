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
})
after(() => database.drop())

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
    return observeInstance(fakeInstance(`i-${index}${account.slice(0, 1)}`, { account, tags, state }))
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
        ...Object.values(one.summary),
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
