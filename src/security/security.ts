import type { Clock } from '#platform/clock.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Verification } from '#contracts/audit.ts'
import { createAccess } from './access.ts'
import type { Access } from './access.ts'
import { policiesHttp } from './access/policies-http.ts'
import { loadPolicies } from './access/policies.ts'
import { ensureAdministrator, forgetInitialPassword } from './administrator.ts'
import type { FirstAdministrator } from './administrator.ts'
import { createFileAnchor } from './audit/anchor.ts'
import { auditHttp } from './audit/audit-http.ts'
import { createRefusals } from './audit/refusals.ts'
import { createSealer } from './audit/sealer.ts'
import { verifyAudit } from './audit/verify.ts'
import { systemActor } from './audit.ts'
import { createAccessTokens } from './auth/access-token.ts'
import { createApiTokens } from './auth/api-tokens.ts'
import { authHttp } from './auth/auth-http.ts'
import { createPasswordHasher } from './auth/password-hash.ts'
import type { HashParameters } from './auth/password-hash.ts'
import { generatePassword } from './auth/password-policy.ts'
import { createRevocations } from './auth/revocations.ts'
import { purgeSessions } from './auth/session-store.ts'
import { createSessions } from './auth/sessions.ts'
import { sessionsHttp } from './auth/sessions-http.ts'
import { createSignIn } from './auth/sign-in.ts'
import { createSignInThrottle } from './auth/sign-in-throttle.ts'
import { createSigningKeys } from './auth/signing-keys.ts'
import { createTickets } from './auth/socket-ticket.ts'
import type { Tickets } from './auth/socket-ticket.ts'
import { createAuthenticate } from './authenticate.ts'
import type { Authenticate } from './authenticate.ts'
import { createCrypto } from './crypto.ts'
import type { Crypto } from './crypto.ts'
import { loadMasterKey } from './crypto/master-key.ts'
import type { MasterKeySource } from './crypto/master-key.ts'
import { createInternalTokens } from './internal-token.ts'
import type { InternalTokens } from './internal-token.ts'
import { createMaintenance } from './maintenance.ts'
import { createPrincipalOf } from './users/principal-of.ts'
import type { PrincipalOf } from './users/principal-of.ts'
import { createUsers } from './users/users.ts'
import { usersHttp } from './users/users-http.ts'

export type Security = {
  access: Access
  authenticate: Authenticate
  tickets: Tickets
  internalTokens: InternalTokens
  /** Who acts for a user who isn't here: a schedule, a subscription. */
  principalOf: PrincipalOf
  crypto: Crypto
  audit: {
    verify: () => Promise<Verification>
    /** Writes down the refusals that were counted so far, instead of within the next minute. */
    flushRefusals: () => Promise<void>
    /** Seals what can be sealed now, instead of within the next second. */
    sealNow: () => Promise<void>
  }
  /** Routes of `/auth`, `/users`, `/roles`, `/policies` and `/audit`. */
  http: HttpService[]
  /** Creates the first administrator when there is no user; says where the first password is as long as it is unused. */
  ensureAdministrator: (admin: { email: string; password?: string | undefined }) => Promise<FirstAdministrator>
  /** Gives a user a new password (generated when none is given), ends all their sessions, and returns it. */
  resetPassword: (email: string, password?: string) => Promise<{ email: string; password: string }>
  /** Learns what was revoked, once. For a short-lived process that authenticates without `start`. */
  readRevocations: () => Promise<void>
  /** Starts the loops: revocations, sealing, refusals, chores. Needed before the first request is authenticated. */
  start: () => Promise<void>
  stop: () => Promise<void>
}

/** Wires the security box over a migrated database. @throws a clear AppError when the master key is unusable or wrong. */
export const createSecurity = async (deps: {
  db: Database
  log: Log
  dataDir: string
  clock?: Clock
  /** Where the master key comes from: a value, or else a file in the data directory. */
  masterKey?: Omit<MasterKeySource, 'dataDir'>
  notifier?: Notifier
  listener?: Listener
  /** For tests, where 40 ms a hash add up. */
  hashParameters?: HashParameters
}): Promise<Security> => {
  const { db, log, dataDir, clock = systemClock, notifier, listener } = deps
  const crypto = createCrypto(await loadMasterKey({ ...deps.masterKey, dataDir }))
  const keys = createSigningKeys({ db, crypto, clock })
  await keys.current() // a wrong master key must fail the start, not the first sign-in

  const policies = await loadPolicies()
  const access = createAccess({ db, log, policies })
  const hasher = createPasswordHasher(deps.hashParameters)
  const revocations = createRevocations({ db, clock, log, notifier, listener })
  const accessTokens = createAccessTokens({ keys, clock })
  const apiTokens = createApiTokens({ db, clock, revocations })
  const tickets = createTickets({ db, revocations })
  const refusals = createRefusals({ db, clock, log })
  const authenticate = createAuthenticate({ accessTokens, apiTokens, revocations, refusals })
  const sessions = createSessions({ db, crypto, accessTokens, revocations })
  const throttle = createSignInThrottle({ db, crypto, clock })
  const users = createUsers({ db, hasher, revocations, throttle })
  const signIn = createSignIn({
    db,
    hasher,
    throttle,
    sessions,
    onInitialPasswordUsed: () => forgetInitialPassword(dataDir),
  })

  const anchor = createFileAnchor(dataDir)
  const sealer = createSealer({ db, crypto, clock, log, anchor })
  const verify = async (): Promise<Verification> => verifyAudit({ db, crypto, anchor: await anchor.read() })
  const maintenance = createMaintenance({
    clock,
    log,
    chores: {
      'audit partitions': () => db.query({ text: 'select audit_ensure_partitions(2)' }),
      'signing keys': keys.rotateIfOld,
      sessions: () => purgeSessions(db),
      tickets: tickets.purge,
      'failed sign-ins': throttle.purge,
    },
  })

  return {
    access,
    authenticate,
    tickets,
    internalTokens: createInternalTokens({ keys, clock }),
    principalOf: createPrincipalOf({ db }),
    crypto,
    audit: { verify, flushRefusals: refusals.flush, sealNow: sealer.sealNow },
    http: [
      authHttp({ signIn, sessions, users, tickets, access, authenticate }),
      sessionsHttp({ sessions, apiTokens }),
      usersHttp({ db, users }),
      policiesHttp({ access, policies: policies.policies }),
      auditHttp({ db, verify }),
    ],
    ensureAdministrator: (admin) => ensureAdministrator({ db, hasher, dataDir, ...admin }),
    resetPassword: async (email, password = generatePassword()) => {
      const user = await users.resetPassword(email.toLowerCase(), password, systemActor)
      return { email: user.email, password }
    },
    readRevocations: revocations.read,
    start: async () => {
      await revocations.start()
      sealer.start()
      refusals.start()
      maintenance.start()
    },
    stop: async () => {
      await maintenance.stop()
      await refusals.stop()
      await sealer.stop() // last: it seals what the others wrote
      await revocations.stop()
    },
  }
}
