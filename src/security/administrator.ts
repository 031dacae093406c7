import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { emailSchema } from '#contracts/user.ts'
import { messageOf } from '#platform/app-error.ts'
import type { Database } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { appendAudit, systemActor } from './audit.ts'
import type { PasswordHasher } from './auth/password-hash.ts'
import { assertGoodPassword, generatePassword } from './auth/password-policy.ts'
import { errors } from './errors.ts'
import { countUsers, insertUser, findWithInitialPassword } from './users/store.ts'

/**
 * The first administrator. `created` right now, with the password when it was generated; or `existing`, with the password
 * as long as its file is there because nobody signed in with it yet.
 */
export type FirstAdministrator = {
  kind: 'created' | 'existing'
  email: string
  generatedPassword: string | null
  passwordFile: string
}

const advisoryLock = 7_305_521_043
const fileOf = (dataDir: string): string => join(dataDir, 'initial-password')

/**
 * Creates the administrator when there is no user at all. A generated password is written to `<dataDir>/initial-password`
 * (mode 0600) before the commit: a crash in between leaves a useless file, never an unknown password.
 */
export const ensureAdministrator = async (deps: {
  db: Database
  hasher: PasswordHasher
  dataDir: string
  email: string
  password?: string | undefined
}): Promise<FirstAdministrator> => {
  const { db, hasher, dataDir } = deps
  const passwordFile = fileOf(dataDir)
  const parsed = emailSchema.safeParse(deps.email)
  if (!parsed.success) {
    throw errors.invalid_administrator(
      `ORCHESTRATOR_ADMIN_EMAIL "${deps.email}" is not an e-mail address, for example ada@example.org.`,
    )
  }
  const email = parsed.data
  if ((await countUsers(db)) > 0) return existing(db, email, passwordFile)

  if (deps.password !== undefined) assertGoodPassword(deps.password, email)
  const password = deps.password ?? generatePassword()
  const isGenerated = deps.password === undefined
  const passwordHash = await hasher.hash(password)
  const isCreated = await db.transaction(async (tx) => {
    await tx.query({ text: 'select pg_advisory_xact_lock($1)', values: [advisoryLock] })
    if ((await countUsers(tx)) > 0) return false
    const user = { id: uuidv7(), email, passwordHash, roles: ['admin'] as const, hasInitialPassword: isGenerated }
    await insertUser(tx, user)
    await appendAudit(tx, [
      {
        actor: systemActor,
        action: 'user.create',
        subject: { type: 'User', id: user.id },
        outcome: 'succeeded',
        details: { email, roles: user.roles, why: 'there was no user yet' },
      },
    ])
    if (isGenerated) await writePassword(dataDir, passwordFile, password)
    return true
  })
  if (!isCreated) return existing(db, email, passwordFile)
  return { kind: 'created', email, generatedPassword: isGenerated ? password : null, passwordFile }
}

const existing = async (db: Database, email: string, passwordFile: string): Promise<FirstAdministrator> => {
  const user = await findWithInitialPassword(db)
  if (user === undefined) {
    await rm(passwordFile, { force: true }).catch(() => {}) // left over; it opens nothing any more
    return { kind: 'existing', email, generatedPassword: null, passwordFile }
  }
  const kept = await readFile(passwordFile, 'utf8').catch(() => null) // made by a process with another data directory
  return { kind: 'existing', email: user.email, generatedPassword: kept?.trim() ?? null, passwordFile }
}

const writePassword = async (dataDir: string, passwordFile: string, password: string): Promise<void> => {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await rm(passwordFile, { force: true }) // the mode counts only for a new file
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx', flush: true })
  } catch (cause) {
    throw errors.invalid_administrator(
      `The first password can't be kept in ${passwordFile}: ${messageOf(cause)}. Make the directory writable or set ORCHESTRATOR_ADMIN_PASSWORD.`,
      { cause },
    )
  }
}

/** To be called after the first sign-in with the generated password. */
export const forgetInitialPassword = (dataDir: string): Promise<void> => rm(fileOf(dataDir), { force: true })
