import type { List, PageQuery } from '#contracts/list.ts'
import type { Principal } from '#contracts/principal.ts'
import type { NewView, ResourceView, ViewChanges } from '#contracts/resource-view.ts'
import type { ResourceSort } from '#contracts/inventory.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database, Transaction } from '#platform/db/database.ts'
import { appendEvents } from '#platform/events/append.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import { pageOfAll } from '#platform/http/paging.ts'
import { isUuid, uuidv7 } from '#platform/ids.ts'
import type { Access } from '#security/access.ts'
import { actorOf, appendAudit } from '#security/audit.ts'
import { errors } from '../errors.ts'
import { parseRequestQuery } from '../read/filter.ts'
import { countViews, deleteView, insertView, listViews, lockView, updateView } from './store.ts'
import type { Content, StoredView } from './store.ts'

export type Asker = { principal: Principal; requestId: string }

export type Views = {
  /** One's own and those that are shared. */
  list: (asker: Asker, page: PageQuery) => Promise<List<ResourceView>>
  create: (asker: Asker, view: NewView) => Promise<ResourceView>
  change: (asker: Asker, id: string, changes: ViewChanges) => Promise<ResourceView>
  remove: (asker: Asker, id: string) => Promise<void>
}

const mostViews = 200

/**
 * Saved views. Whoever made one changes and deletes it; administrators do so with shared ones. Somebody else's private view
 * does not exist.
 */
export const createViews = (deps: { db: Database; access: Access; clock: Clock; notifier: Notifier }): Views => {
  const { db, access, clock, notifier } = deps

  const record = async (tx: Transaction, { principal, requestId }: Asker, verb: string, view: StoredView) => {
    const { id, name, query, isShared } = view
    await appendAudit(tx, [
      {
        actor: actorOf(principal),
        action: `view.${verb}`,
        subject: { type: 'View', id },
        outcome: 'succeeded',
        requestId,
        details: { name, query, isShared, owner: view.owner.id },
      },
    ])
    if (!isShared) return
    await appendEvents(tx, [{ topics: ['resources'], type: 'view.changed', data: { view: id, name, verb } }])
    tx.afterCommit(() => notifier.nudge('events'))
  }

  /** A view that the asker may change, locked. */
  const own = async (tx: Transaction, asker: Asker, id: string): Promise<StoredView> => {
    const view = isUuid(id) ? await lockView(tx, id) : undefined
    if (view === undefined || (!view.isShared && view.owner.id !== asker.principal.userId)) {
      throw errors.view_not_found(`There is no view "${id.slice(0, 100)}" that you may see.`)
    }
    return view
  }
  const requireOwn = ({ principal, requestId }: Asker, { id, owner }: StoredView): Promise<void> =>
    access.require(principal, 'view.manage', { type: 'View', id, ownerId: owner.id }, { requestId })

  const nameTaken = (name: string) => errors.view_name_taken(`There is a view "${name}" already. Give another name.`)

  return {
    list: async ({ principal }, page) => {
      const list = pageOfAll(await listViews(db, principal.userId), page, ({ id }) => id)
      return { ...list, items: list.items.map(toView) }
    },

    create: async (asker, given) => {
      parseRequestQuery(given.query, 'query')
      const { userId: id, email } = asker.principal
      return db.transaction(async (tx) => {
        if ((await countViews(tx, id)) >= mostViews)
          throw errors.too_many_views(`You have ${mostViews} views already. Delete those that you don't need.`)
        const view = await insertView(tx, { ...given, id: uuidv7(clock.now().getTime()), owner: { id, email } })
        if (view === undefined) throw nameTaken(given.name)
        await record(tx, asker, 'create', view)
        return toView(view)
      })
    },

    change: async (asker, id, changes) => {
      if (changes.query !== undefined) parseRequestQuery(changes.query, 'query')
      // Asked before anything is locked: a denial is written down by itself.
      await requireOwn(asker, await db.transaction((tx) => own(tx, asker, id)))
      return db.transaction(async (tx) => {
        const before = await own(tx, asker, id)
        const view = await updateView(tx, id, merged(before, changes))
        if (view === undefined) throw nameTaken(changes.name ?? before.name)
        await record(tx, asker, 'change', { ...view, isShared: view.isShared || before.isShared })
        return toView(view)
      })
    },

    remove: async (asker, id) => {
      await requireOwn(asker, await db.transaction((tx) => own(tx, asker, id)))
      await db.transaction(async (tx) => {
        const view = await own(tx, asker, id)
        await deleteView(tx, id)
        await record(tx, asker, 'delete', view)
      })
    },
  }
}

const merged = ({ name, query, columns, sort, isShared }: Content, changes: ViewChanges): Content => ({
  name: changes.name ?? name,
  query: changes.query ?? query,
  columns: changes.columns === undefined ? columns : changes.columns,
  sort: changes.sort === undefined ? sort : changes.sort,
  isShared: changes.isShared ?? isShared,
})

const toView = ({ sort, createdAt, updatedAt, ...view }: StoredView): ResourceView => ({
  ...view,
  // Only what the schema lets through is ever written.
  sort: sort as ResourceSort | null,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
})
