import type { Freeze, FreezeChanges, FreezeScope, NewFreeze } from '#contracts/freeze.ts'
import { newFreezeSchema } from '#contracts/freeze.ts'
import type { List, PageQuery } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { errors as platformErrors } from '#platform/errors.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { pageOfAll } from '#platform/http/paging.ts'
import { isUuid, uuidv7 } from '#platform/ids.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import type { Catalogue } from '../catalogue.ts'
import { errors } from '../errors.ts'
import { freezesChannel } from './gate.ts'
import type { FreezeKeeper } from './keeper.ts'
import { deleteFreeze, insertFreeze, listFreezes, lockFreeze, updateFreeze } from './store.ts'
import type { StoredFreeze } from './store.ts'
import { nextWindow, windowAt } from './windows.ts'
import type { Times } from './windows.ts'

export type Asker = { principal: Principal; requestId: string }

export type Freezes = {
  list: (page: PageQuery) => Promise<List<Freeze>>
  get: (id: string) => Promise<Freeze>
  create: (asker: Asker, freeze: NewFreeze) => Promise<Freeze>
  change: (asker: Asker, id: string, changes: FreezeChanges) => Promise<Freeze>
  remove: (asker: Asker, id: string) => Promise<void>
}

const mostFreezes = 500

/** The freeze calendar: who may change it says what must not begin when. A change takes effect on what is filed already. */
export const createFreezes = (deps: {
  db: Database
  clock: Clock
  notifier: Notifier
  catalogue: Catalogue
  knownAccounts: () => Promise<readonly string[]>
  keeper: Pick<FreezeKeeper, 'enforceNow'>
}): Freezes => {
  const { db, clock, notifier, catalogue, keeper } = deps

  const notFound = (id: string) => errors.freeze_not_found(`There is no freeze "${id.slice(0, 100)}".`)

  /** A misspelt name would freeze nothing, silently. */
  const requireKnown = async ({ operations, accounts }: FreezeScope): Promise<void> => {
    const names = catalogue.list().map(({ name }) => name)
    const known = new Set(accounts.length === 0 ? [] : await deps.knownAccounts())
    const problems = [
      ...operations
        .filter((pattern) => !names.some((name) => isMatch(pattern, name)))
        .map((value) => ({ path: 'scope.operations', message: 'No operation has that name.', value })),
      ...accounts
        .filter((account) => !known.has(account))
        .map((value) => ({ path: 'scope.accounts', message: 'No account has that id here.', value })),
    ]
    if (problems.length === 0) return
    throw errors.freeze_scope_unknown(
      `The freeze would not hold: ${problems[0]?.message} (${problems.map(({ value }) => `"${value}"`).join(', ')})`,
      { errors: problems },
    )
  }

  const record = async (tx: Transaction, { principal, requestId }: Asker, verb: string, freeze: StoredFreeze) => {
    const { id, name, reason, times, scope } = freeze
    await appendAudit(tx, [
      {
        actor: actorOf(principal),
        action: `freeze.${verb}`,
        subject: { type: 'Freeze', id },
        outcome: 'succeeded',
        requestId,
        details: { name, reason, ...shownTimes(times), scope },
      },
    ])
    await appendEvents(tx, [{ topics: ['tasks'], type: 'freeze.changed', data: { freeze: id, name, verb } }])
    tx.afterCommit(() => {
      notifier.nudge(freezesChannel)
      notifier.nudge('events')
    })
  }

  return {
    list: async (page) => {
      const all = await listFreezes(db)
      const now = clock.now()
      const list = pageOfAll(all, page, ({ id }) => id)
      return { ...list, items: list.items.map((freeze) => freezeOf(freeze, now)) }
    },

    get: async (id) => {
      const freeze = isUuid(id) ? (await listFreezes(db)).find((one) => one.id === id.toLowerCase()) : undefined
      if (freeze === undefined) throw notFound(id)
      return freezeOf(freeze, clock.now())
    },

    create: async (asker, given) => {
      await requireKnown(given.scope)
      const { userId, email } = asker.principal
      const created = await db.transaction(async (tx) => {
        if ((await listFreezes(tx)).length >= mostFreezes) {
          throw errors.too_many_freezes(`There are ${mostFreezes} freezes already. Delete those that are over.`)
        }
        const freeze = await insertFreeze(tx, {
          ...contentOf(given),
          id: uuidv7(clock.now().getTime()),
          createdBy: { id: userId, email },
        })
        await record(tx, asker, 'create', freeze)
        return freeze
      })
      await keeper.enforceNow()
      return freezeOf(created, clock.now())
    },

    change: async (asker, id, changes) => {
      if (!isUuid(id)) throw notFound(id)
      if (changes.scope !== undefined) await requireKnown(changes.scope)
      const changed = await db.transaction(async (tx) => {
        const before = await lockFreeze(tx, id)
        if (before === undefined) throw notFound(id)
        const after = await updateFreeze(tx, id, contentOf(merged(before, changes)))
        if (after === undefined) throw notFound(id)
        await record(tx, asker, 'change', after)
        return after
      })
      await keeper.enforceNow()
      return freezeOf(changed, clock.now())
    },

    remove: async (asker, id) => {
      if (!isUuid(id)) throw notFound(id)
      await db.transaction(async (tx) => {
        const freeze = await lockFreeze(tx, id)
        if (freeze === undefined) throw notFound(id)
        await deleteFreeze(tx, id)
        await record(tx, asker, 'delete', freeze)
      })
      await keeper.enforceNow()
    },
  }
}

const isMatch = (pattern: string, name: string): boolean =>
  pattern.endsWith('.*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

const contentOf = ({ name, reason, from, to, weekly, scope }: NewFreeze) => ({
  name,
  reason,
  scope,
  times: timesOf({ from, to, weekly }),
})

const timesOf = ({ from, to, weekly }: Pick<NewFreeze, 'from' | 'to' | 'weekly'>): Times =>
  weekly === undefined
    ? // The schema asks for both where there is no week.
      { from: new Date(from ?? ''), to: new Date(to ?? ''), weekly: null }
    : { from: null, to: null, weekly }

/** The freeze as it would be asked for anew, held against the same rules. */
const merged = (before: StoredFreeze, changes: FreezeChanges): NewFreeze => {
  const { name, reason, scope, times } = before
  const isOnce = changes.from !== undefined || changes.to !== undefined
  const kept =
    changes.weekly !== undefined
      ? {}
      : times.weekly === null
        ? { from: times.from.toISOString(), to: times.to.toISOString() }
        : isOnce
          ? {}
          : { weekly: times.weekly }
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  const parsed = newFreezeSchema.safeParse({ name, reason, scope, ...kept, ...given })
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw platformErrors.invalid_request(
    `The freeze can't be changed so: ${fields.map(({ message }) => message).join(' ')}`,
    {
      errors: fields,
    },
  )
}

const shownTimes = (times: Times) =>
  times.weekly === null
    ? { from: times.from.toISOString(), to: times.to.toISOString(), weekly: null }
    : { from: null, to: null, weekly: times.weekly }

const freezeOf = ({ id, name, reason, times, scope, ...row }: StoredFreeze, now: Date): Freeze => {
  const active = windowAt(times, now)
  const window = active ?? nextWindow(times, now)
  return {
    id,
    name,
    reason,
    ...shownTimes(times),
    scope,
    status: active !== null ? 'active' : window === null ? 'ended' : 'upcoming',
    window: window && { from: window.from.toISOString(), to: window.to.toISOString() },
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
    links: { self: `/api/v1/freezes/${id}` },
  }
}
