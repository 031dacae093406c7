import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { test } from 'node:test'
import { createLog } from './log.ts'

const written = (work: (log: ReturnType<typeof createLog>) => void): string => {
  let text = ''
  work(
    createLog({
      destination: new Writable({
        write: (chunk: Buffer, _encoding, done) => void ((text += chunk.toString()), done()),
      }),
    }),
  )
  return text
}

test('secrets are redacted wherever they hang', () => {
  const text = written((log) => {
    log.info(
      {
        password: 'hunter2',
        user: { token: 'orc_hunter2' },
        request: { headers: { authorization: 'Bearer hunter2' } },
      },
      'sign-in',
    )
    log.info({ headers: { cookie: 'refresh=hunter2' }, account: { credentials: { externalId: 'hunter2' } } }, 'more')
  })
  assert.ok(!text.includes('hunter2'), text)
  assert.equal(text.match(/\[redacted\]/g)?.length, 5)
})

test('an error is logged with its code and its causes, and not with what a driver hung on it', () => {
  const cause = Object.assign(new Error('connection lost'), {
    code: '57P01',
    client: { secretKey: 'hunter2', queries: ['select secret'] },
  })
  const text = written((log) => log.warn({ err: new Error('could not claim', { cause }) }, 'oh'))
  const { err } = JSON.parse(text) as { err: { message: string; cause: { code: string } } }
  assert.equal(err.message, 'could not claim')
  assert.equal(err.cause.code, '57P01')
  assert.ok(!text.includes('hunter2') && !text.includes('select secret'))
})
