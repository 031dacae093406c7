import assert from 'node:assert/strict'
import { createDecipheriv } from 'node:crypto'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createCrypto } from './crypto.ts'
import { loadMasterKey } from './crypto/master-key.ts'

const key = Buffer.alloc(32, 7)
const inFolder = async (work: (dataDir: string) => Promise<void>): Promise<void> => {
  const dataDir = await mkdtemp(join(tmpdir(), 'key-'))
  try {
    await work(dataDir)
  } finally {
    await rm(dataDir, { recursive: true })
  }
}

test('what was sealed opens again, and two seals of the same text differ', () => {
  const crypto = createCrypto(key)
  const sealed = crypto.seal('geheim', 'secret of channel 1')
  assert.equal(crypto.open(sealed, 'secret of channel 1').toString(), 'geheim')
  assert.notEqual(crypto.seal('geheim', 'secret of channel 1'), sealed)
})

test('a sealed value does not open in another place, changed, cut, or with another key', () => {
  const crypto = createCrypto(key)
  const sealed = crypto.seal('geheim', 'secret of channel 1')
  const flipped = sealed.slice(0, -2) + (sealed.at(-2) === 'A' ? 'B' : 'A') + sealed.at(-1)
  assert.throws(() => crypto.open(sealed, 'secret of channel 2'), { code: 'sealed_value_broken' })
  assert.throws(() => crypto.open(flipped, 'secret of channel 1'), { code: 'sealed_value_broken' })
  for (const text of ['', 'v1', sealed.slice(0, 40), `${sealed}.x`, sealed.replace('v1', 'v2')]) {
    assert.throws(() => crypto.open(text, 'secret of channel 1'), { code: 'sealed_value_broken' })
  }
  assert.throws(() => createCrypto(Buffer.alloc(32, 8)).open(sealed, 'secret of channel 1'), {
    code: 'wrong_master_key',
  })
})

test('a sealed value is not to be opened with the master key itself: keys are derived', () => {
  const [, , nonce = '', body = ''] = createCrypto(key).seal('geheim', 'c').split('.')
  const bytes = Buffer.from(body, 'base64url')
  const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url')).setAuthTag(bytes.subarray(-16))
  assert.throws(() => Buffer.concat([decipher.update(bytes.subarray(0, -16)), decipher.final()]))
})

test('a given key is 32 bytes in base64 or hex; anything else is refused without quoting it', async () => {
  const dataDir = '/nowhere'
  assert.deepEqual(await loadMasterKey({ dataDir, value: key.toString('base64') }), key)
  assert.deepEqual(await loadMasterKey({ dataDir, value: key.toString('hex') }), key)
  for (const value of ['correct horse battery staple', key.subarray(0, 16).toString('base64'), 'x']) {
    await assert.rejects(
      loadMasterKey({ dataDir, value }),
      (error: Error) => !error.message.includes(value) || value === 'x',
    )
  }
})

test('a KMS key needs somebody who can ask KMS', async () => {
  const value = 'arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'
  await assert.rejects(loadMasterKey({ dataDir: '/nowhere', value }), { code: 'invalid_master_key' })
  assert.deepEqual(await loadMasterKey({ dataDir: '/nowhere', value, unwrap: async () => key }), key)
  await assert.rejects(loadMasterKey({ dataDir: '/nowhere', value, unwrap: async () => Buffer.alloc(16) }), /16 bytes/)
})

test('the key file is made once, for the owner only, whoever starts at the same time', () =>
  inFolder(async (parent) => {
    const dataDir = join(parent, 'data')
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadMasterKey({ dataDir })))
    for (const loaded of keys) assert.deepEqual(loaded, keys[0])
    assert.equal((await stat(join(dataDir, 'master-key'))).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(dataDir), ['master-key'])
    assert.deepEqual(await loadMasterKey({ dataDir }), keys[0])
  }))

test('a key file that others could read, or that holds no key, is refused with what to do', () =>
  inFolder(async (dataDir) => {
    const path = join(dataDir, 'master-key')
    await writeFile(path, 'not a key', { mode: 0o600 })
    await assert.rejects(loadMasterKey({ dataDir }), { code: 'invalid_master_key' })
    await writeFile(path, key.toString('base64'))
    await chmod(path, 0o644)
    await assert.rejects(loadMasterKey({ dataDir }), /chmod 600/)
  }))
