import type { Sql } from '#platform/db/database.ts'

export type StoredView = {
  id: string
  name: string
  query: string
  columns: string[] | null
  sort: string | null
  isShared: boolean
  owner: { id: string; email: string }
  createdAt: Date
  updatedAt: Date
}
export type Content = Pick<StoredView, 'name' | 'query' | 'columns' | 'sort' | 'isShared'>

const columns = `id, name, query, columns, sort, is_shared as "isShared", owner, created_at as "createdAt", updated_at as "updatedAt"`

const valuesOf = ({ name, query, columns: shown, sort, isShared }: Content): unknown[] => [
  name,
  query,
  shown === null ? null : JSON.stringify(shown),
  sort,
  isShared,
]

/** Somebody's own views and those that are shared, by name. */
export const listViews = (sql: Sql, ownerId: string): Promise<StoredView[]> =>
  sql.query<StoredView>({
    text: `select ${columns} from resource_views where owner_id = $1 or is_shared order by lower(name), id`,
    values: [ownerId],
  })

export const countViews = async (sql: Sql, ownerId: string): Promise<number> => {
  const rows = await sql.query<{ count: number }>({
    text: 'select count(*)::int as count from resource_views where owner_id = $1',
    values: [ownerId],
  })
  return rows[0]?.count ?? 0
}

/** Locked until the end of the transaction. */
export const lockView = async (sql: Sql, id: string): Promise<StoredView | undefined> => {
  const rows = await sql.query<StoredView>({
    text: `select ${columns} from resource_views where id = $1 for update`,
    values: [id],
  })
  return rows[0]
}

/** Undefined where the owner has a view of that name already. */
export const insertView = async (
  sql: Sql,
  view: Content & Pick<StoredView, 'id' | 'owner'>,
): Promise<StoredView | undefined> => {
  const rows = await sql.query<StoredView>({
    text: `insert into resource_views (name, query, columns, sort, is_shared, id, owner_id, owner)
      values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (owner_id, lower(name)) do nothing returning ${columns}`,
    values: [...valuesOf(view), view.id, view.owner.id, JSON.stringify(view.owner)],
  })
  return rows[0]
}

/** Undefined where the owner has another view of that name. */
export const updateView = async (sql: Sql, id: string, content: Content): Promise<StoredView | undefined> => {
  const rows = await sql.query<StoredView>({
    text: `update resource_views v set name = $1, query = $2, columns = $3, sort = $4, is_shared = $5, updated_at = now()
      where id = $6 and not exists (
        select from resource_views other where other.owner_id = v.owner_id and other.id <> v.id and lower(other.name) = lower($1))
      returning ${columns}`,
    values: [...valuesOf(content), id],
  })
  return rows[0]
}

export const deleteView = async (sql: Sql, id: string): Promise<void> => {
  await sql.query({ text: 'delete from resource_views where id = $1', values: [id] })
}
