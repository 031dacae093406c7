import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import type { Principal, Role } from '#contracts/principal.ts'
import { defineErrors } from '#platform/app-error.ts'
import { systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createGateway } from '#gateway/gateway.ts'
import type { GatewayOptions } from '#gateway/gateway.ts'
import type { Access } from '#security/access.ts'
import type { Authenticate } from '#security/authenticate.ts'

export const refusals = defineErrors({
  unauthenticated: { status: 401, title: 'Sign-in needed' },
  forbidden: { status: 403, title: 'Not allowed' },
})

export const principalNamed = (name: string, roles: Role[] = ['viewer']): Principal => ({
  userId: name,
  email: `${name}@example.com`,
  roles,
  via: 'session',
  credentialId: `session-of-${name}`,
  scopes: null,
})

/** Tokens and tickets are the user's name: enough to see who a request is taken for. */
export const fakeAuthenticate = (): Authenticate & { revoke: (credentialId: string) => void } => {
  const callbacks = new Set<(credentialId: string) => void>()
  return {
    principalOf: async ({ authorization }) => {
      const name = /^Bearer ([a-z]+)$/.exec(authorization ?? '')?.[1]
      if (name === undefined) throw refusals.unauthenticated('Send a token.')
      return principalNamed(name)
    },
    onRevoked: (callback) => {
      callbacks.add(callback)
      return () => void callbacks.delete(callback)
    },
    revoke: (credentialId) => {
      for (const callback of callbacks) callback(credentialId)
    },
  }
}

/** `isAllowed` decides; everything by default. */
export const fakeAccess = (
  isAllowed: (principal: Principal, action: string, account?: string) => boolean = () => true,
): Access => {
  const decide: Access['decide'] = async (principal, action, resource) => ({
    allowed: isAllowed(principal, action, resource?.account),
    reasons: [],
  })
  return {
    decide,
    require: async (principal, action, resource) => {
      if (!(await decide(principal, action, resource)).allowed) throw refusals.forbidden(`You may not ${action}.`)
    },
  }
}

/** For gateways whose live feed doesn't matter: a database without events. */
const emptyDatabase: Database = {
  query: async () => [],
  transaction: async () => {
    throw new Error('This database has nothing to write to.')
  },
  connectionString: '',
  close: async () => {},
}

/** A gateway on a free port of loopback, with everything faked that isn't given. */
export const startGateway = async (
  options: Partial<GatewayOptions> & {
    db?: Database
    onNews?: (callback: () => void) => () => void
    liveLimits?: GatewayOptions['live']['limits']
  },
) => {
  const used = new Set<string>()
  const gateway = await createGateway({
    log: createLog({ level: 'fatal' }),
    clock: systemClock,
    version: '1.2.3',
    services: [],
    authenticate: fakeAuthenticate(),
    access: fakeAccess(),
    redeemTicket: async (ticket) => {
      if (!ticket.startsWith('ticket-') || used.has(ticket)) throw refusals.unauthenticated('The ticket is not valid.')
      used.add(ticket)
      return principalNamed(ticket.split('-')[1] ?? '')
    },
    checks: {},
    live: {
      db: options.db ?? emptyDatabase,
      onNews: options.onNews ?? (() => () => {}),
      ...(options.liveLimits === undefined ? {} : { limits: options.liveLimits }),
    },
    webRoot: join(tmpdir(), 'there-is-no-web-app-here'),
    ...options,
  })
  await gateway.listen({ host: '127.0.0.1', port: 0 })
  const { port } = gateway.http.server.address() as AddressInfo // it listens on TCP
  return { gateway, port, url: `http://127.0.0.1:${port}` }
}
