import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import type { Clock } from '#platform/clock.ts'
import { createListener } from '#platform/db/listen.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { createSecurity } from '../security.ts'
import { createRig } from '../testing/rig.ts'
import type { Rig } from '../testing/rig.ts'
import { createRevocations } from './revocations.ts'

const log = createLog({ level: 'silent' })
const masterKey = Buffer.alloc(32, 5).toString('base64')
let rig: Rig
let database: Awaited<ReturnType<typeof freshDatabase>>
let dataDir: string
before(async () => {
  database = await freshDatabase()
  rig = await createRig(database.db, { masterKey, notifier: createNotifier(database.db) })
  dataDir = await mkdtemp(join(tmpdir(), 'other-'))
})
after(async () => {
  await rig.close()
  await database.drop()
  await rm(dataDir, { recursive: true })
})

/** Time that passes only when it is told to; who sleeps is woken by it. */
const fakeClock = () => {
  let nowMs = 1_000_000
  const sleeping = new Set<{ untilMs: number; wake: () => void }>()
  const clock: Clock = {
    now: () => new Date(),
    monotonicMs: () => nowMs,
    sleep: (milliseconds, signal) =>
      new Promise((wake) => {
        if (signal?.aborted) return wake()
        const entry = { untilMs: nowMs + milliseconds, wake }
        sleeping.add(entry)
        signal?.addEventListener('abort', () => wake())
      }),
  }
  const pass = (milliseconds: number): void => {
    nowMs += milliseconds
    for (const entry of sleeping) {
      if (entry.untilMs > nowMs) continue
      sleeping.delete(entry)
      entry.wake()
    }
  }
  return { clock, pass }
}

test('who signs out in one process is refused in another as soon as the notification arrives', async () => {
  const listener = await createListener({ connectionString: database.url, log, clock: systemClock })
  const other = await createSecurity({ db: database.db, log, dataDir, masterKey: { value: masterKey }, listener })
  await other.start()
  try {
    const { token, cookie } = await rig.signIn()
    const headers = { authorization: `Bearer ${token}` }
    const principal = await other.authenticate.principalOf(headers)
    const revoked = new Promise<string>((resolve) => other.authenticate.onRevoked(resolve))
    await rig.call('POST', '/auth/logout', { cookie })
    assert.equal(await revoked, principal.credentialId)
    await assert.rejects(other.authenticate.principalOf(headers), { code: 'unauthenticated' })
  } finally {
    await other.stop()
    await listener.close()
  }
})

test('without a notification the next look, two seconds later, finds it; a process that starts knows it at once', async () => {
  const { clock, pass } = fakeClock()
  const revocations = createRevocations({ db: database.db, clock, log })
  await revocations.start()
  const { cookie } = await rig.signIn()
  const id = cookie.split('.')[0] ?? ''
  await rig.call('POST', '/auth/logout', { cookie })
  assert.equal(revocations.isRevoked(id), false)
  const found = new Promise((resolve) => revocations.onRevoked(resolve))
  pass(2_000)
  await found
  assert.equal(revocations.isRevoked(id), true)
  await revocations.stop()
  const late = createRevocations({ db: database.db, clock, log })
  await late.read()
  assert.equal(late.isRevoked(id), true)
})

test('when the database does not answer for 30 s nobody is let in, and again when it does', async () => {
  const { clock, pass } = fakeClock()
  let isDown = false
  const db: typeof database.db = {
    ...database.db,
    query: (statement) => (isDown ? Promise.reject(new Error('down')) : database.db.query(statement)),
  }
  const revocations = createRevocations({ db, clock, log })
  assert.throws(() => revocations.assertFresh(), { code: 'revocations_stale', status: 503 })
  await revocations.read()
  isDown = true
  pass(30_000)
  await assert.rejects(revocations.read())
  revocations.assertFresh()
  pass(1)
  assert.throws(() => revocations.assertFresh(), { code: 'revocations_stale' })
  isDown = false
  await revocations.read()
  revocations.assertFresh()
})

test('internal tokens are for one audience and a minute', async () => {
  const { internalTokens } = rig.security
  const principal = {
    userId: 'u',
    email: 'u@example.org',
    roles: ['viewer' as const],
    via: 'token' as const,
    credentialId: 'c',
    scopes: ['task.read'],
  }
  const token = await internalTokens.sign(principal, 'tasks')
  assert.deepEqual(await internalTokens.verify(token, 'tasks'), principal)
  await assert.rejects(internalTokens.verify(token, 'resources'), { code: 'unauthenticated' })
  await assert.rejects(internalTokens.verify(`${token}x`, 'tasks'), { code: 'unauthenticated' })
  const { token: accessToken } = await rig.signIn()
  await assert.rejects(internalTokens.verify(accessToken, 'api'), { code: 'unauthenticated' })
  const later: Clock = { ...systemClock, now: () => new Date(Date.now() + 61_000) }
  const tomorrow = await createSecurity({
    db: database.db,
    log,
    dataDir,
    masterKey: { value: masterKey },
    clock: later,
  })
  await assert.rejects(tomorrow.internalTokens.verify(token, 'tasks'), { code: 'unauthenticated' })
})

test('an access token is refused once it is over, though it was verified before; keys rotate without signing anyone out', async () => {
  const { token } = await rig.signIn()
  let offsetMs = 0
  const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + offsetMs) }
  const security = await createSecurity({ db: database.db, log, dataDir, masterKey: { value: masterKey }, clock })
  await security.readRevocations()
  const headers = { authorization: `Bearer ${token}` }
  await security.authenticate.principalOf(headers)
  offsetMs = 601_000
  await assert.rejects(security.authenticate.principalOf(headers), { code: 'unauthenticated' })
  offsetMs = 0
  const { createSigningKeys } = await import('./signing-keys.ts')
  await database.db.query({ text: `update signing_keys set created_at = created_at - interval '91 days'` })
  const keys = createSigningKeys({ db: database.db, crypto: rig.security.crypto, clock: systemClock })
  const old = (await keys.current()).kid
  await keys.rotateIfOld()
  assert.notEqual((await keys.current()).kid, old)
  assert.ok(await keys.publicKey(old), 'still verifies')
  assert.equal((await database.db.query({ text: 'select 1 from signing_keys' })).length, 2)
})
