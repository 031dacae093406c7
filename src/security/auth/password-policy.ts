import { randomInt } from 'node:crypto'
import { errors } from '../errors.ts'

export const shortestPassword = 10

/** Passwords of that length that every guesser tries first. Compared in lower case, without what surrounds the letters. */
const common = new Set([
  '1234567890', '0123456789', '0987654321', '12345678910', '123456789012', '1q2w3e4r5t', '1q2w3e4r5t6y', '1qaz2wsx3edc',
  'qwertyuiop', 'qwerty1234', 'qwerty12345', 'qwertyuiop123', 'asdfghjkl123', 'abcdefghij', 'abcd123456', 'abc1234567',
  'password12', 'password123', 'password1234', 'passw0rd123', 'passwordpassword', 'mypassword', 'mypassword1', 'letmein123',
  'letmein1234', 'welcome123', 'welcome1234', 'changeme12', 'changeme123', 'changeme1234', 'administrator', 'administrator1',
  'admin12345', 'admin123456', 'adminadmin', 'iloveyou12', 'iloveyou123', 'football12', 'football123', 'baseball123',
  'sunshine123', 'princess123', 'superman123', 'michael123', 'dragon12345', 'monkey12345', 'trustno1234', 'secret1234',
  'secret12345', 'testtest123', 'test123456', 'test1234567', 'guest12345', 'default123', 'orchestrator', 'awsorchestrator',
]) // prettier-ignore

/**
 * What NIST SP 800-63B asks for: length and a list of what is guessed first, no rules about kinds of characters.
 * @throws `weak_password` with what to do.
 */
export const assertGoodPassword = (password: string, email: string): void => {
  const why = weaknessOf(password.normalize('NFC'), email)
  if (why !== undefined)
    throw errors.weak_password(`The password ${why}.`, { errors: [{ path: 'password', message: why }] })
}

const weaknessOf = (password: string, email: string): string | undefined => {
  const lower = password.toLowerCase()
  const length = [...password].length
  if (length < shortestPassword) return `needs at least ${shortestPassword} characters, it has ${length}`
  if (new Set(lower).size < 4) return 'repeats the same few characters; use more different ones'
  if (lower === email || lower === email.split('@')[0]) return 'must not be the e-mail address'
  if (common.has(lower) || common.has(lower.replace(/[^a-z0-9]+$/, '')))
    return 'is one that is guessed first; choose another'
  return undefined
}

// Without letters and digits that look alike. 32 signs, 5 bits each.
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789'

/** A password of 100 random bits that can be typed: five groups of four. */
export const generatePassword = (): string =>
  Array.from({ length: 5 }, () => Array.from({ length: 4 }, () => alphabet[randomInt(alphabet.length)]).join('')).join(
    '-',
  )
