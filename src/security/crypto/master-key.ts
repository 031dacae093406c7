import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '#platform/app-error.ts'
import { errors } from '../errors.ts'

const keyBytes = 32
const howToMake = 'Make one with `openssl rand -base64 32`.'

export type MasterKeySource = {
  /** The configured value: 32 bytes in base64 or hex, or the ARN of a KMS key. None: the key file. */
  value?: string | undefined
  /** Where the key file is made when no value is given. */
  dataDir: string
  /** Turns the ARN of a KMS key into the 32 bytes. Handed in, since only the AWS box talks to AWS. */
  unwrap?: ((keyArn: string) => Promise<Uint8Array>) | undefined
}

/**
 * The master key, from the configuration or from `<dataDir>/master-key` (mode 0600, made at the first start). A
 * passphrase is refused on purpose: everything rests on this key, and people choose guessable ones.
 */
export const loadMasterKey = async ({ value, dataDir, unwrap }: MasterKeySource): Promise<Uint8Array> => {
  if (value === undefined || value === '') return loadKeyFile(dataDir)
  if (/^arn:[a-z-]+:kms:/.test(value)) return unwrapKey(value, unwrap)
  return parseKey(value, 'ORCHESTRATOR_MASTER_KEY')
}

const unwrapKey = async (keyArn: string, unwrap: MasterKeySource['unwrap']): Promise<Uint8Array> => {
  if (unwrap === undefined) {
    throw errors.invalid_master_key(
      `ORCHESTRATOR_MASTER_KEY names the KMS key ${keyArn}, but this version can not ask KMS for it. Give the key itself. ${howToMake}`,
    )
  }
  const key = await unwrap(keyArn)
  if (key.length !== keyBytes) {
    throw errors.invalid_master_key(`KMS key ${keyArn} gave ${key.length} bytes of key; ${keyBytes} are needed.`)
  }
  return key
}

/** The value itself is never quoted: error messages end up in logs. */
const parseKey = (text: string, source: string): Uint8Array => {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64')
  throw errors.invalid_master_key(
    `${source} is not a key: it must be 32 bytes in base64 (44 characters) or hex (64), not a passphrase. It has ${trimmed.length} characters. ${howToMake}`,
  )
}

const loadKeyFile = async (dataDir: string): Promise<Uint8Array> => {
  const path = join(dataDir, 'master-key')
  try {
    return await readKeyFile(path)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  await makeKeyFile(dataDir, path)
  return readKeyFile(path)
}

const readKeyFile = async (path: string): Promise<Uint8Array> => {
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw errors.invalid_master_key(
      `The key file ${path} has mode ${(mode & 0o777).toString(8)}, so others could read it. Run \`chmod 600 ${path}\`.`,
    )
  }
  return parseKey(await readFile(path, 'utf8'), `The key file ${path}`)
}

/** Written whole beside it, then linked: of two processes that start at once one wins and both read the same key. */
const makeKeyFile = async (dataDir: string, path: string): Promise<void> => {
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${randomBytes(keyBytes).toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await link(draft, path)
  } catch (cause) {
    if (!isExisting(cause)) {
      throw errors.invalid_master_key(
        `The key file ${path} can't be made: ${messageOf(cause)}. Make ${dataDir} writable.`,
        {
          cause,
        },
      )
    }
  } finally {
    await unlink(draft).catch(() => {}) // never made, or made by nobody
  }
}

const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code
const isMissing = (error: unknown): boolean => hasCode(error, 'ENOENT')
const isExisting = (error: unknown): boolean => hasCode(error, 'EEXIST')
