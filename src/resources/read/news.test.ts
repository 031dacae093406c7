import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseNews, tellNews } from './news.ts'
import type { News } from './news.ts'

const group = { account: '111111111111', region: 'eu-west-1', type: 'ec2.instance' }
const roundTrip = (ids: News['ids']): News | undefined => {
  let sent = ''
  tellNews({ nudge: (_channel, payload = '') => void (sent = payload) }, { ...group, ids })
  // PostgreSQL refuses a longer one.
  assert.ok(Buffer.byteLength(sent) < 8_000)
  return parseNews(sent)
}

test('news name what changed, or all of a type where that is too much', () => {
  assert.deepEqual(roundTrip(['a', 'b']), { ...group, ids: ['a', 'b'] })
  assert.deepEqual(roundTrip(Array.from({ length: 41 }, (_, n) => `arn-${n}`)), { ...group, ids: null })
  assert.deepEqual(roundTrip(['ü'.repeat(4_000)]), { ...group, ids: null })
})

test('what is none of ours is no news', () => {
  for (const payload of ['', '[]', '{}', '["a","b","c",[1]]', 'x', '["a","b","c",["d"],1]'])
    assert.equal(parseNews(payload), undefined, payload)
})
