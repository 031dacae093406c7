import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createPasswordHasher } from './password-hash.ts'

const hasher = createPasswordHasher({ memoryKib: 64, passes: 1, parallelism: 1 })
// From the test of the reference implementation (P-H-C/phc-winner-argon2, src/test.c).
const fromReference = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'

test('reads a hash of the reference implementation', async () => {
  assert.equal(await hasher.verify('password', fromReference), true)
  assert.equal(await hasher.verify('passwore', fromReference), false)
})

test('a hash fits its password only, and each has a salt of its own', async () => {
  const hash = await hasher.hash('grüne Häuser im Regen')
  assert.match(hash, /^\$argon2id\$v=19\$m=64,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  assert.equal(await hasher.verify('grüne Häuser im Regen', hash), true)
  assert.equal(await hasher.verify('grüne Häuser im Regen'.normalize('NFD'), hash), true)
  assert.equal(await hasher.verify('grüne Häuser im regen', hash), false)
  assert.notEqual(await hasher.hash('grüne Häuser im Regen'), hash)
})

test('no user, and a hash that can not be read, are a no and not an exception', async () => {
  for (const hash of [undefined, '', 'x', '$argon2id$v=19$m=99999999,t=1,p=1$AAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA']) {
    assert.equal(await hasher.verify('anything', hash), false)
  }
})

test('a hash with other parameters is outdated', async () => {
  assert.equal(hasher.isOutdated(await hasher.hash('x')), false)
  assert.equal(hasher.isOutdated(fromReference), true)
})

test('no more than two hashes are computed at once, and a crowd is turned away', async () => {
  let running = 0
  let most = 0
  const release: (() => void)[] = []
  const slow = async (): Promise<void> => {
    most = Math.max(most, ++running)
    await new Promise<void>((resolve) => release.push(resolve))
    running--
  }
  const calls = Array.from({ length: 66 }, () => hasher.inSlot(slow))
  await assert.rejects(hasher.inSlot(slow), { code: 'sign_in_busy' })
  const settled = Promise.all(calls)
  for (let done = 0; done < 66;) {
    const next = release.shift()
    if (next) {
      next()
      done++
    } else await new Promise((resolve) => setImmediate(resolve))
  }
  await settled
  assert.equal(most, 2)
})
