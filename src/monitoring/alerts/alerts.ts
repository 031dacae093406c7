import type { Aws } from '#aws/cloud.ts'
import type { Alert, Severity } from '#contracts/alert.ts'
import { countedTo } from '#contracts/list.ts'
import { uuidShape } from '#platform/ids.ts'
import { decodePosition, pageOf, totalOf } from '#platform/http/paging.ts'
import type { List } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { isUuid, uuidv7 } from '#platform/ids.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { Access } from '#security/access.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import type { Announce } from '../delivery/announce.ts'
import {
  acknowledgeAlert,
  countAlerts,
  listAlerts,
  readAlert,
  resolveAlert,
  resolveAlertByKey,
  upsertAlert,
} from './statements.ts'
import type { AlertFilter, NewAlert, Visible } from './statements.ts'

export type Asker = { principal: Principal; requestId: string }

/**
 * Raises an alert; raised again under the same key it is counted up, and people are told again only when it became
 * worse. In the caller's transaction when one is given: then it is there exactly when what it is about is.
 */
export type RaiseAlert = (alert: NewAlert, tx?: Transaction) => Promise<Alert>

export type Alerts = {
  raise: RaiseAlert
  /** Resolves what is unresolved under that key, when its source sees the trouble gone. */
  resolveByKey: (key: string, tx?: Transaction) => Promise<void>
  list: (asker: Asker, query: AlertFilter & { limit: number; cursor: string | undefined }) => Promise<List<Alert>>
  acknowledge: (asker: Asker, id: string) => Promise<Alert>
  resolve: (asker: Asker, id: string) => Promise<Alert>
}

export const createAlerts = (deps: {
  db: Database
  aws: Pick<Aws, 'accounts'>
  access: Access
  notifier: Notifier
  announce: Announce
}): Alerts => {
  const { db, aws, access, notifier, announce } = deps

  const publish = async (tx: Transaction, alert: Alert): Promise<void> => {
    const { id, status, severity, title, account } = alert
    await appendEvents(tx, [
      {
        topics: ['alerts'],
        type: 'alert.changed',
        accounts: account === null ? [] : [account],
        data: { id, status, severity, title },
      },
    ])
    tx.afterCommit(() => notifier.nudge('events'))
  }

  const visibleTo = async (principal: Principal): Promise<Visible> => {
    const known = (await aws.accounts.list()).map(({ id }) => id)
    // One decision an account, about any alert of it: rights depend on nothing else of an alert.
    const decisions = await Promise.all(
      known.map((account) => access.decide(principal, 'alert.read', { type: 'Alert', id: `of ${account}`, account })),
    )
    return { known, readable: known.filter((_, index) => decisions[index]?.allowed === true) }
  }

  /** An alert that the asker may see and change; otherwise it doesn't exist for them. */
  const manageable = async ({ principal, requestId }: Asker, id: string): Promise<Alert> => {
    const alert = isUuid(id) ? await readAlert(db, await visibleTo(principal), id) : undefined
    if (alert === undefined) throw errors.alert_not_found(`There is no alert "${id.slice(0, 100)}" that you may see.`)
    const where = alert.account === null ? {} : { account: alert.account }
    await access.require(principal, 'alert.manage', { type: 'Alert', id, ...where }, { requestId })
    return alert
  }

  const change = async (
    { principal, requestId }: Asker,
    id: string,
    verb: 'acknowledge' | 'resolve',
    write: typeof acknowledgeAlert,
  ): Promise<Alert | undefined> =>
    db.transaction(async (tx) => {
      const changed = await write(tx, id, { id: principal.userId, email: principal.email })
      if (changed === undefined) return undefined
      const subject = { type: 'Alert', id }
      const details = { title: changed.title }
      await appendAudit(tx, [
        { actor: actorOf(principal), action: `alert.${verb}`, subject, outcome: 'succeeded', requestId, details },
      ])
      await publish(tx, changed)
      await announce(tx, verb === 'resolve' ? 'alert.resolved' : 'alert.acknowledged', changed)
      return changed
    })

  return {
    raise: (alert, tx) => {
      const write = async (sql: Transaction): Promise<Alert> => {
        const { alert: raised, before } = await upsertAlert(sql, uuidv7(), storable(alert))
        if (before === null || isWorse(raised.severity, before)) {
          await publish(sql, raised)
          await announce(sql, 'alert.raised', raised)
        }
        return raised
      }
      return tx === undefined ? db.transaction(write) : write(tx)
    },

    resolveByKey: async (key, tx) => {
      const write = async (sql: Transaction): Promise<void> => {
        const resolved = await resolveAlertByKey(sql, key)
        if (resolved === undefined) return
        await publish(sql, resolved)
        await announce(sql, 'alert.resolved', resolved)
      }
      await (tx === undefined ? db.transaction(write) : write(tx))
    },

    list: async ({ principal }, { limit, cursor, ...filter }) => {
      const before = decodePosition(cursor, uuidShape)
      const visible = await visibleTo(principal)
      const [rows, count] = await Promise.all([
        listAlerts(db, visible, filter, before, limit + 1),
        countAlerts(db, visible, filter, countedTo + 1),
      ])
      const { page, nextCursor } = pageOf(rows, limit, (alert) => [alert.id])
      return { items: page, nextCursor, total: totalOf(count) }
    },

    acknowledge: async (asker, id) => {
      const alert = await manageable(asker, id)
      const changed = await change(asker, id, 'acknowledge', acknowledgeAlert)
      if (changed !== undefined) return changed
      const current = await manageable(asker, id)
      if (current.status !== 'resolved') return current
      throw errors.alert_resolved(`The alert "${alert.title}" is resolved already; there is nothing to acknowledge.`)
    },

    resolve: async (asker, id) => {
      await manageable(asker, id)
      return (await change(asker, id, 'resolve', resolveAlert)) ?? manageable(asker, id)
    },
  }
}

const order: readonly Severity[] = ['info', 'warning', 'critical']
const isWorse = (now: Severity, before: Severity): boolean => order.indexOf(now) > order.indexOf(before)

const maxTitle = 300
const maxDetail = 4000
/** Titles and details quote what AWS and others say: cut to size, and without what PostgreSQL can't store. */
const storable = (alert: NewAlert): NewAlert => ({
  ...alert,
  title: cleanText(alert.title, maxTitle),
  detail: cleanText(alert.detail, maxDetail),
})
const cleanText = (text: string, length: number): string =>
  text.slice(0, length).replaceAll('\0', '\ufffd').toWellFormed()
