import { useLocation, useNavigate } from 'react-router'

/** Cursors of the pages before this one; kept with the history entry, so that it survives going back and reloading. */
type Trail = { trail?: (string | null)[] }

export type ListState = {
  /** A value of the address; empty when absent. */
  get: (name: string) => string
  /** Changes filters or sorting; the list begins anew at its first page. */
  set: (changes: Record<string, string>) => void
  cursor: string | null
  /** Counted from 1; null when the address was opened directly somewhere in the middle. */
  pageNumber: number | null
  next: (cursor: string) => void
  previous: () => void
  isFirst: boolean
}

/** The state of a list in the address: filters, sorting and page can be linked, and "back" undoes a change. */
export const useListState = (): ListState => {
  const location = useLocation()
  const navigate = useNavigate()
  const search = new URLSearchParams(location.search)
  const cursor = search.get('cursor')
  // Whoever put state into this page's history entries was this hook.
  const trail = (location.state as Trail | null)?.trail
  const go = (changed: URLSearchParams, state: Trail | null, replace = false): void => {
    const text = changed.toString()
    void navigate({ pathname: location.pathname, search: text === '' ? '' : `?${text}` }, { state, replace })
  }
  const at = (to: string | null): URLSearchParams => {
    const changed = new URLSearchParams(search)
    if (to === null) changed.delete('cursor')
    else changed.set('cursor', to)
    return changed
  }
  return {
    get: (name) => search.get(name) ?? '',
    set: (changes) => {
      const changed = at(null)
      for (const [name, value] of Object.entries(changes)) {
        if (value === '') changed.delete(name)
        else changed.set(name, value)
      }
      if (changed.toString() !== search.toString()) go(changed, null)
    },
    cursor,
    pageNumber: cursor === null ? 1 : trail === undefined ? null : trail.length + 1,
    next: (to) => go(at(to), { trail: [...(trail ?? []), cursor] }),
    // Opened in the middle, there is no way to the page before: the first is the next best.
    previous: () => go(at(trail?.at(-1) ?? null), trail === undefined ? null : { trail: trail.slice(0, -1) }),
    isFirst: cursor === null,
  }
}
