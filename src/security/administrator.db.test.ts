import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { createLog } from '#platform/log.ts'
import { freshDatabase } from '../../test/support/database.ts'
import { createSecurity } from './security.ts'
import { adminEmail, quickHash, serve } from './testing/rig.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
let dataDir: string
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())
beforeEach(async (context) => {
  await database.db.query({ text: 'truncate users cascade' })
  await database.db.query({ text: 'truncate signing_keys' })
  dataDir = await mkdtemp(join(tmpdir(), 'first-'))
  if ('after' in context) context.after(() => rm(dataDir, { recursive: true, force: true }))
})

const start = () =>
  createSecurity({ db: database.db, log: createLog({ level: 'silent' }), dataDir, hashParameters: quickHash })
const passwordFile = () => join(dataDir, 'initial-password')
const signIn = async (
  security: Awaited<ReturnType<typeof start>>,
  email: string,
  password: string,
): Promise<number> => {
  const { http } = await serve(security)
  const answer = await http.inject({ method: 'POST', url: '/api/v1/auth/login', payload: { email, password } })
  await http.close()
  return answer.statusCode
}

test('the first administrator is made once, and the generated password is kept for its owner only until the first sign-in', async () => {
  const security = await start()
  const all = await Promise.all([1, 2, 3].map(() => security.ensureAdministrator({ email: adminEmail })))
  assert.deepEqual(all.map(({ kind }) => kind).sort(), ['created', 'existing', 'existing'])
  const password = all.find(({ kind }) => kind === 'created')?.generatedPassword ?? ''
  assert.equal((await readFile(passwordFile(), 'utf8')).trim(), password)
  assert.equal((await stat(passwordFile())).mode & 0o777, 0o600)

  const again = await (await start()).ensureAdministrator({ email: 'somebody@else' })
  assert.deepEqual(again, {
    kind: 'existing',
    email: adminEmail,
    generatedPassword: password,
    passwordFile: passwordFile(),
  })

  assert.equal(await signIn(security, adminEmail, 'not the password'), 401)
  await stat(passwordFile())
  assert.equal(await signIn(security, adminEmail, password), 200)
  await assert.rejects(stat(passwordFile()), { code: 'ENOENT' })
  assert.equal((await security.ensureAdministrator({ email: adminEmail })).generatedPassword, null)
})

test('a given password is used, not written down, and held to the rules', async () => {
  const security = await start()
  await assert.rejects(security.ensureAdministrator({ email: adminEmail, password: 'admin' }), {
    code: 'weak_password',
  })
  await assert.rejects(security.ensureAdministrator({ email: 'admin', password: 'a-first-password' }), {
    code: 'invalid_administrator',
  })
  const made = await security.ensureAdministrator({ email: 'Ops@Example.org', password: 'a-first-password' })
  assert.deepEqual([made.kind, made.email, made.generatedPassword], ['created', 'ops@example.org', null])
  await assert.rejects(stat(passwordFile()), { code: 'ENOENT' })
  assert.equal(await signIn(security, 'ops@example.org', 'a-first-password'), 200)
})

test('a reset password lets a disabled user in again, with the new password only', async () => {
  const security = await start()
  await security.ensureAdministrator({ email: adminEmail, password: 'a-first-password' })
  await database.db.query({ text: 'update users set disabled_at = now()' })
  assert.equal(await signIn(security, adminEmail, 'a-first-password'), 401)
  const { password } = await security.resetPassword('ADMIN@localhost')
  assert.equal(await signIn(security, adminEmail, 'a-first-password'), 401)
  assert.equal(await signIn(security, adminEmail, password), 200)
  await assert.rejects(security.resetPassword('nobody@example.org'), { code: 'user_not_found' })
})

test('a database that was set up with another master key is refused at the start', async () => {
  await start()
  const masterKey = { value: Buffer.alloc(32, 9).toString('base64') }
  const other = createSecurity({ db: database.db, log: createLog({ level: 'silent' }), dataDir, masterKey })
  await assert.rejects(other, { code: 'wrong_master_key' })
})
