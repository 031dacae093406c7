import { createHash, randomBytes } from 'node:crypto'
import { principalSchema } from '#contracts/principal.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Sql } from '#platform/db/database.ts'
import { errors } from '../errors.ts'
import type { Revocations } from './revocations.ts'

export const ticketSeconds = 30

export type Tickets = {
  issue: (principal: Principal) => Promise<string>
  /** Who opens this socket; a ticket works once. @throws `invalid_ticket` */
  redeemTicket: (ticket: string) => Promise<Principal>
  /** Removes what was never redeemed. */
  purge: () => Promise<void>
}

/** Browsers can't send headers with a WebSocket, and a token in a URL ends up in logs: hence a ticket for one use. */
export const createTickets = (deps: { db: Sql; revocations: Revocations }): Tickets => ({
  issue: async (principal) => {
    const ticket = randomBytes(32).toString('base64url')
    await deps.db.query({
      name: 'tickets.issue',
      text: `insert into socket_tickets (hash, principal, expires_at) values ($1, $2, now() + $3 * interval '1 second')`,
      values: [hashOf(ticket), JSON.stringify(principal), ticketSeconds],
    })
    return ticket
  },
  redeemTicket: async (ticket) => {
    const [row] = await deps.db.query<{ principal: unknown; is_live: boolean }>({
      name: 'tickets.redeem',
      text: 'delete from socket_tickets where hash = $1 returning principal, expires_at > now() as is_live',
      values: [hashOf(ticket)],
    })
    if (row === undefined || !row.is_live) {
      throw errors.invalid_ticket(
        `The ticket was used already, is older than ${ticketSeconds} s or is none. Ask for a new one.`,
      )
    }
    const principal = principalSchema.parse(row.principal)
    deps.revocations.assertFresh()
    if (principal.credentialId !== null && deps.revocations.isRevoked(principal.credentialId)) {
      throw errors.invalid_ticket('The session of this ticket was ended. Sign in again.')
    }
    return principal
  },
  purge: async () => {
    await deps.db.query({ text: 'delete from socket_tickets where expires_at < now()' })
  },
})

const hashOf = (ticket: string): Buffer => createHash('sha256').update(ticket.slice(0, 256)).digest()
