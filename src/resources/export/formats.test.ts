import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '#contracts/resource.ts'
import { columnsNamed } from './columns.ts'
import { toCsv, toJson, toJsonLines } from './formats.ts'

const resource = (given: Partial<Resource>): Resource => ({
  id: 'arn:x',
  type: 'ec2.instance',
  account: '111111111111',
  region: 'eu-west-1',
  name: null,
  state: null,
  tags: {},
  cost: null,
  summary: {},
  config: {},
  firstSeenAt: '2026-01-01T00:00:00.000Z',
  lastSeenAt: '2026-01-02T00:00:00.000Z',
  ...given,
})
async function* pages(...all: Resource[][]) {
  yield* all
}
const whole = async (text: AsyncIterable<string>): Promise<string> => {
  let all = ''
  for await (const piece of text) all += piece
  return all
}
const cell = async (name: string): Promise<string> => {
  const text = await whole(toCsv(pages([resource({ name })]), columnsNamed(['name'])))
  assert.ok(text.startsWith('name\r\n') && text.endsWith('\r\n'))
  return text.slice('name\r\n'.length, -2)
}

test('no text of AWS is a formula to a spreadsheet', async () => {
  // https://owasp.org/www-community/attacks/CSV_Injection
  assert.equal(await cell('=HYPERLINK("http://x")'), `"'=HYPERLINK(""http://x"")"`)
  for (const begins of ['=', '+', '-', '@', '\t', '\r']) assert.match(await cell(`${begins}1+1`), /^"'/)
  assert.equal(await cell('web-1'), 'web-1')
})

test('CSV as RFC 4180 has it', async () => {
  assert.equal(await cell('a,b'), '"a,b"')
  assert.equal(await cell('say "hi"'), '"say ""hi"""')
  assert.equal(await cell('two\nlines'), '"two\nlines"')
  assert.equal(await cell('ä🙂'), 'ä🙂')
  const one = resource({
    tags: { env: 'prod', 'a,b': 'x' },
    cost: { monthlyUsd: 12.5, source: 'list prices' },
    summary: {
      instanceType: 'm5.large',
      volumeIds: ['vol-1', 'vol-2'],
      sizeGib: 8,
      isEncrypted: false,
      at: { deep: 1 },
    },
  })
  const names = [
    'ID',
    'tag.env',
    'tag.owner',
    'monthlyUsd',
    'instancetype',
    'volumeIds',
    'sizeGib',
    'isEncrypted',
    'summary.at',
    'state',
  ]
  assert.equal(
    await whole(toCsv(pages([one], [], [one]), columnsNamed(names))),
    [
      'id,tag.env,tag.owner,monthlyUsd,instancetype,volumeIds,sizeGib,isEncrypted,summary.at,state',
      'arn:x,prod,,12.5,m5.large,vol-1 vol-2,8,false,"{""deep"":1}",',
      'arn:x,prod,,12.5,m5.large,vol-1 vol-2,8,false,"{""deep"":1}",',
      '',
    ].join('\r\n'),
  )
})

test('JSON is one array however it is cut into pages, and lines are one value each', async () => {
  const [a, b, c] = ['a', 'b', 'c'].map((id) => resource({ id })) as [Resource, Resource, Resource]
  for (const cut of [[[a, b, c]], [[a], [], [b, c]], [[], [a, b], [c], []]])
    assert.deepEqual(JSON.parse(await whole(toJson(pages(...cut), null))), [a, b, c])
  assert.deepEqual(JSON.parse(await whole(toJson(pages([]), null))), [])
  const lines = (await whole(toJsonLines(pages([a], [b]), columnsNamed(['id', 'name'])))).trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [
      { id: 'a', name: null },
      { id: 'b', name: null },
    ],
  )
})

test('a column that there is not is told, with what may have been meant', () => {
  assert.throws(() => columnsNamed(['nmae']), /no column "nmae"\. Did you mean "name"/)
  assert.throws(() => columnsNamed(['tag.']), /no column/)
})
