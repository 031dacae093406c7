import type { Login } from '#contracts/auth.ts'
import type { Database } from '#platform/db/database.ts'
import { appendAudit } from '../audit.ts'
import { errors } from '../errors.ts'
import { findByEmail, noteSignIn, setPasswordHash } from '../users/store.ts'
import type { UserRow } from '../users/store.ts'
import type { PasswordHasher } from './password-hash.ts'
import type { OpenSession, Origin, Sessions } from './sessions.ts'
import type { SignInThrottle } from './sign-in-throttle.ts'

export type SignIn = (login: Login, origin: Origin) => Promise<OpenSession>

/**
 * Sign-in by password. Unknown addresses, disabled users and wrong passwords take the same way and get the same answer.
 * `login.otp` is for second factors, which no user can set up yet.
 */
export const createSignIn = (deps: {
  db: Database
  hasher: PasswordHasher
  throttle: SignInThrottle
  sessions: Sessions
  /** Called after the first sign-in of the user whose password was generated. */
  onInitialPasswordUsed: () => Promise<void>
}): SignIn => {
  const { db, hasher, throttle, sessions } = deps

  const refuse = async (email: string, user: UserRow | undefined, why: string, origin: Origin): Promise<never> => {
    await appendAudit(db, [
      {
        actor: { id: user?.id ?? 'anonymous', email, via: 'password' },
        action: 'auth.sign_in',
        subject: { type: 'User', id: user?.id ?? email },
        outcome: 'failed',
        requestId: origin.requestId,
        details: { why, ip: origin.ip, userAgent: origin.userAgent },
      },
    ])
    throw errors.invalid_credentials(
      'The e-mail address or the password is wrong. An administrator can reset the password.',
    )
  }

  /** The user's hash, made again first when it was made with other parameters than today's. */
  const upToDate = async (user: UserRow, password: string): Promise<string> => {
    if (!hasher.isOutdated(user.password_hash)) return user.password_hash
    const fresh = await hasher.inSlot(() => hasher.hash(password))
    await setPasswordHash(db, user.id, user.password_hash, fresh)
    return fresh
  }

  return async ({ email, password }, origin) => {
    await throttle.assertOpen(email, origin.ip)
    const checked = await hasher.inSlot(async () => {
      // Again, inside the slot: of many guesses that were sent at once only a slot's worth passes the first look.
      await throttle.assertOpen(email, origin.ip)
      const user = await findByEmail(db, email)
      const matches = await hasher.verify(password, user?.password_hash)
      if (user && matches && !user.disabled_at) return { isOpen: true, user } as const
      await throttle.failed(email, origin.ip)
      return { isOpen: false, user, why: !user ? 'unknown address' : matches ? 'disabled' : 'wrong password' } as const
    })
    if (!checked.isOpen) return refuse(email, checked.user, checked.why, origin)
    const { user } = checked
    const passwordHash = await upToDate(user, password)

    const signedIn = await db.transaction(async (tx) => {
      // Takes the user's lock: a disabling or a change of roles or password is either seen here or ends this session too.
      const noted = await noteSignIn(tx, user.id, passwordHash)
      if (noted === undefined) return undefined
      const session = await sessions.open(tx, user.id, origin)
      await appendAudit(tx, [
        {
          actor: { id: user.id, email, via: 'password', credentialId: session.id },
          action: 'auth.sign_in',
          subject: { type: 'User', id: user.id },
          outcome: 'succeeded',
          requestId: origin.requestId,
          details: { ip: origin.ip, userAgent: origin.userAgent },
        },
      ])
      return { ...noted, session }
    })
    if (signedIn === undefined) return refuse(email, user, 'disabled or changed meanwhile', origin)
    await throttle.succeeded(email, origin.ip)
    if (signedIn.usedInitialPassword) await deps.onInitialPasswordUsed()
    return sessions.opened(signedIn.session, signedIn.user)
  }
}
