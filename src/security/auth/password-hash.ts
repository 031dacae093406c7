import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { errors } from '../errors.ts'

/** OWASP's recommendation for argon2id (19 MiB, 2 passes, 1 lane); 40 ms on the machine of 2026-11. */
export type HashParameters = { memoryKib: number; passes: number; parallelism: number }
export const currentParameters: HashParameters = { memoryKib: 19_456, passes: 2, parallelism: 1 }

const saltBytes = 16
const hashBytes = 32
/** Each hash takes 19 MiB and a thread of libuv's four, which file and name look-ups share. */
const mostAtOnce = 2
const mostWaiting = 64

export type PasswordHasher = {
  /** A PHC string: parameters, salt and hash. */
  hash: (password: string) => Promise<string>
  /** False also for a hash that can't be read. Takes the same time for a wrong password as for an unknown user. */
  verify: (password: string, phc: string | undefined) => Promise<boolean>
  /** Whether a hash was made with other parameters than today's and should be made again at the next sign-in. */
  isOutdated: (phc: string) => boolean
  /** Runs work in one of the few slots for hashing. @throws `sign_in_busy` when too many are waiting. */
  inSlot: <T>(work: () => Promise<T>) => Promise<T>
}

const deriveKey = promisify(argon2)
const encode = (bytes: Buffer): string => bytes.toString('base64').replaceAll('=', '')

/** Password hashes by argon2id, with a bound on how many are computed at once. */
export const createPasswordHasher = (parameters: HashParameters = currentParameters): PasswordHasher => {
  const waiting: (() => void)[] = []
  let running = 0

  const inSlot: PasswordHasher['inSlot'] = async (work) => {
    if (running >= mostAtOnce) {
      if (waiting.length >= mostWaiting) {
        throw errors.sign_in_busy('Too many sign-ins are waiting. Try again in a few seconds.', {
          retryAfterSeconds: 5,
        })
      }
      await new Promise<void>((resolve) => waiting.push(resolve)) // the slot is handed over, so `running` stays
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  const compute = (password: string, salt: Buffer, length: number, with_: HashParameters): Promise<Buffer> =>
    deriveKey('argon2id', {
      // The same letters typed on another keyboard must be the same password (RFC 8265 asks for NFC).
      message: password.normalize('NFC'),
      nonce: salt,
      tagLength: length,
      memory: with_.memoryKib,
      passes: with_.passes,
      parallelism: with_.parallelism,
    })

  const fallback = { parameters, salt: randomBytes(saltBytes), hash: randomBytes(hashBytes) }

  return {
    inSlot,
    hash: async (password) => {
      const salt = randomBytes(saltBytes)
      const hash = await compute(password, salt, hashBytes, parameters)
      const { memoryKib, passes, parallelism } = parameters
      return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${encode(salt)}$${encode(hash)}`
    },
    verify: async (password, phc) => {
      const known = phc === undefined ? undefined : parsePhc(phc)
      const expected = known ?? fallback
      const actual = await compute(password, expected.salt, expected.hash.length, expected.parameters)
      return timingSafeEqual(actual, expected.hash) && known !== undefined
    },
    isOutdated: (phc) => {
      const known = parsePhc(phc)?.parameters
      return (
        known === undefined ||
        known.memoryKib !== parameters.memoryKib ||
        known.passes !== parameters.passes ||
        known.parallelism !== parameters.parallelism
      )
    },
  }
}

const phcPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

const parsePhc = (phc: string): { parameters: HashParameters; salt: Buffer; hash: Buffer } | undefined => {
  const [, memory, passes, parallelism, salt, hash] = phcPattern.exec(phc) ?? []
  if (salt === undefined || hash === undefined) return undefined
  return {
    parameters: { memoryKib: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  }
}
