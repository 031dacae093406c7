import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertGoodPassword, generatePassword } from './password-policy.ts'

const refuses = (password: string, why: RegExp): void =>
  assert.throws(() => assertGoodPassword(password, 'ada@example.org'), { code: 'weak_password', message: why })

test('refuses what is short, common, monotonous or the address', () => {
  refuses('short', /at least 10/)
  refuses('ééééé', /at least 10/)
  refuses('Password123', /guessed first/)
  refuses('Password123!', /guessed first/)
  refuses('aaaaaaaaaaaaaaaa', /repeats/)
  refuses('ada@example.org', /e-mail/)
})

test('takes a passphrase, and says nothing about kinds of characters', () => {
  assertGoodPassword('correct horse battery staple', 'ada@example.org')
  assertGoodPassword('旅する小さな緑の蛙がいる', 'ada@example.org')
})

test('generated passwords are good, typeable and never the same', () => {
  const made = new Set(Array.from({ length: 200 }, generatePassword))
  assert.equal(made.size, 200)
  for (const password of made) {
    assert.match(password, /^[a-km-z2-9]{4}(-[a-km-z2-9]{4}){4}$/)
    assertGoodPassword(password, 'admin@localhost')
  }
})
