import type { Targets } from '#contracts/resource.ts'

/** Longer lists of ids make addresses that proxies refuse; they travel in the history entry instead. */
const longestIds = 2000

export type NewTaskState = { targets?: Targets }

/** Where a new task with these targets is prepared: linkable wherever the targets fit into an address. */
export const newTaskHref = (operation: string, targets: Targets): { to: string; state: NewTaskState } => {
  const query = new URLSearchParams({ operation })
  if (targets.account !== undefined) query.set('account', targets.account)
  if (targets.region !== undefined) query.set('region', targets.region)
  if ('query' in targets) query.set('query', targets.query)
  else if ('ids' in targets && targets.ids.join('').length <= longestIds)
    for (const id of targets.ids) query.append('id', id)
  return { to: `/tasks/new?${query}`, state: { targets } }
}

/** Where something new is prepared; the account and Region are chosen there. */
export const makeHref = (operation: string): string => `/tasks/new?${new URLSearchParams({ operation })}`

/** The targets of an address, or those that came with the history entry; null when there are none. */
export const targetsIn = (search: URLSearchParams, state: unknown): Targets | null => {
  const account = search.get('account')
  const region = search.get('region')
  const within = { ...(account === null ? {} : { account }), ...(region === null ? {} : { region }) }
  const query = search.get('query')
  if (query !== null && query !== '') return { query, ...within }
  const ids = search.getAll('id')
  if (ids.length > 0) return { ids, ...within }
  const kept = (state as NewTaskState | null)?.targets
  if (kept !== undefined) return kept
  return account !== null && account !== '' && region !== null && region !== '' ? { account, region } : null
}
