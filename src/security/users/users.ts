import type { Principal } from '#contracts/principal.ts'
import type { NewUser, User, UserChange } from '#contracts/user.ts'
import type { Database, Sql, Transaction } from '#platform/db/database.ts'
import { uuidv7 } from '#platform/ids.ts'
import { actorOf, appendAudit } from '../audit.ts'
import type { AuditActor } from '../audit.ts'
import { revokeTokensOf } from '../auth/api-token-store.ts'
import type { PasswordHasher } from '../auth/password-hash.ts'
import { assertGoodPassword } from '../auth/password-policy.ts'
import type { Revocations } from '../auth/revocations.ts'
import { revokeSessionsOf } from '../auth/session-store.ts'
import type { SignInThrottle } from '../auth/sign-in-throttle.ts'
import { errors } from '../errors.ts'
import * as store from './store.ts'

export type Users = ReturnType<typeof createUsers>

/**
 * Users are disabled or marked as deleted, never removed: the audit log and old tasks name them. Whenever what a user may
 * do gets less or their password changes, their sessions and API tokens end with the same commit. Somebody must always be
 * left who can administer.
 */
export const createUsers = (deps: {
  db: Database
  hasher: PasswordHasher
  revocations: Revocations
  throttle: SignInThrottle
}) => {
  const { db, hasher, revocations, throttle } = deps

  const hashFor = async (password: string, email: string): Promise<string> => {
    assertGoodPassword(password, email)
    return hasher.inSlot(() => hasher.hash(password))
  }

  const existing = (user: store.UserRow | undefined, id: string): store.UserRow => {
    if (user === undefined) throw errors.user_not_found(`There is no user "${id}".`)
    return user
  }

  const record = (
    tx: Sql,
    actor: AuditActor,
    action: string,
    id: string,
    requestId: string | null,
    details = {},
  ): Promise<void> =>
    appendAudit(tx, [{ actor, action, subject: { type: 'User', id }, outcome: 'succeeded', requestId, details }])

  return {
    get: async (id: string): Promise<User> => store.userOf(existing(await store.findById(db, id), id)),

    create: async (principal: Principal, user: NewUser, requestId: string): Promise<User> => {
      const passwordHash = await hashFor(user.password, user.email)
      return db.transaction(async (tx) => {
        const row = await store.insertUser(tx, { id: uuidv7(), email: user.email, roles: user.roles, passwordHash })
        if (row === undefined) throw taken(user.email)
        await record(tx, actorOf(principal), 'user.create', row.id, requestId, { email: row.email, roles: row.roles })
        return store.userOf(row)
      })
    },

    change: async (principal: Principal, id: string, change: UserChange, requestId: string): Promise<User> => {
      const before = existing(await store.findById(db, id), id)
      const passwordHash =
        change.password === undefined ? null : await hashFor(change.password, change.email ?? before.email)
      return db.transaction(async (tx) => {
        const administrators = await store.lockActiveAdministrators(tx)
        const user = existing(await store.lockById(tx, id), id)
        const isDisabled = change.status === undefined ? null : change.status === 'disabled'
        const losesAdmin = isDisabled === true || (change.roles !== undefined && !change.roles.includes('admin'))
        if (losesAdmin) assertNotLast(administrators, id)
        const next = await store
          .updateUser(tx, id, { email: change.email ?? null, roles: change.roles ?? null, passwordHash, isDisabled })
          .catch((error: unknown) => {
            throw isUniqueViolation(error) ? taken(change.email ?? user.email) : error
          })
        const rolesChanged = next.roles.join() !== user.roles.join()
        const ended =
          rolesChanged || passwordHash !== null || isDisabled === true
            ? await endCredentials(tx, id, 'the user was changed')
            : 0
        await record(tx, actorOf(principal), 'user.change', id, requestId, {
          ...(next.email === user.email ? {} : { email: { before: user.email, after: next.email } }),
          ...(rolesChanged ? { roles: { before: user.roles, after: next.roles } } : {}),
          ...(change.status === undefined ? {} : { status: change.status }),
          ...(passwordHash === null ? {} : { passwordWasReset: true }),
          credentialsEnded: ended,
        })
        return store.userOf(next)
      })
    },

    remove: (principal: Principal, id: string, requestId: string): Promise<void> =>
      db.transaction(async (tx) => {
        const administrators = await store.lockActiveAdministrators(tx)
        const user = existing(await store.lockById(tx, id), id)
        assertNotLast(administrators, id)
        await store.markDeleted(tx, id)
        const credentialsEnded = await endCredentials(tx, id, 'the user was deleted')
        await record(tx, actorOf(principal), 'user.delete', id, requestId, { email: user.email, credentialsEnded })
      }),

    /** Changes one's own password; the session that does it goes on, everything else ends. */
    changeOwnPassword: async (
      principal: Principal,
      passwords: { current: string; new: string },
      request: { id: string; ip: string },
    ): Promise<void> => {
      const user = existing(await store.findById(db, principal.userId), principal.userId)
      // A stolen session must not become a place to guess the password.
      await throttle.assertOpen(user.email, request.ip)
      if (!(await hasher.inSlot(() => hasher.verify(passwords.current, user.password_hash)))) {
        await throttle.failed(user.email, request.ip)
        throw errors.wrong_password('The current password is wrong.', {
          errors: [{ path: 'current', message: 'is wrong' }],
        })
      }
      const passwordHash = await hashFor(passwords.new, user.email)
      await db.transaction(async (tx) => {
        existing(await store.lockById(tx, user.id), user.id)
        await store.updateUser(tx, user.id, { email: null, roles: null, passwordHash, isDisabled: null })
        const ended = await endCredentials(tx, user.id, 'the password was changed', principal.credentialId)
        await record(tx, actorOf(principal), 'user.change_password', user.id, request.id, { credentialsEnded: ended })
      })
    },

    /** Sets a password from outside the API (command line on the server) and lets the user sign in again. */
    resetPassword: async (email: string, password: string, actor: AuditActor): Promise<User> => {
      const user = await store.findByEmail(db, email)
      if (user === undefined) throw errors.user_not_found(`There is no user "${email}".`)
      const passwordHash = await hashFor(password, email)
      return db.transaction(async (tx) => {
        existing(await store.lockById(tx, user.id), email)
        const next = await store.updateUser(tx, user.id, { email: null, roles: null, passwordHash, isDisabled: false })
        const ended = await endCredentials(tx, user.id, 'the password was reset')
        await record(tx, actor, 'user.reset_password', user.id, null, { credentialsEnded: ended })
        return store.userOf(next)
      })
    },
  }

  async function endCredentials(
    tx: Transaction,
    userId: string,
    reason: string,
    except: string | null = null,
  ): Promise<number> {
    const sessions = await revokeSessionsOf(tx, userId, reason, except)
    const tokens = await revokeTokensOf(tx, userId, reason)
    tx.afterCommit(() => revocations.announce([...sessions, ...tokens]))
    return sessions.length + tokens.length
  }
}

const taken = (email: string): Error =>
  errors.user_exists(`There is a user with the e-mail address "${email}" already.`)

const assertNotLast = (administrators: string[], id: string): void => {
  if (administrators.length === 1 && administrators[0] === id) {
    throw errors.last_administrator('This is the last active administrator. Make somebody else one first.')
  }
}

const isUniqueViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === '23505'
