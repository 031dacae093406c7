import { useState } from 'react'

export type TablePreferences = { pageSize: number; wrapLines: boolean; columns: { id: string; visible: boolean }[] }

const keyOf = (table: string): string => `orchestrator.table.${table}`

const remembered = (table: string): Partial<TablePreferences> | null => {
  try {
    return JSON.parse(localStorage.getItem(keyOf(table)) ?? 'null') as Partial<TablePreferences> | null
  } catch {
    return null
  }
}

/** What was chosen, fitted to the columns that there are now: a new version, or other rows, may have more or fewer. */
const fitted = (
  stored: Partial<TablePreferences> | null,
  columnIds: readonly string[],
  shownAtFirst: readonly string[],
): TablePreferences => {
  const initial = {
    pageSize: 50,
    wrapLines: false,
    columns: columnIds.map((id) => ({ id, visible: shownAtFirst.includes(id) })),
  }
  if (stored === null || !Array.isArray(stored.columns)) return initial
  const kept = stored.columns
    .filter(({ id }) => columnIds.includes(id))
    .map(({ id, visible }) => ({ id, visible: visible === true }))
  const added = initial.columns.filter(({ id }) => !kept.some((column) => column.id === id))
  return {
    pageSize:
      typeof stored.pageSize === 'number' && stored.pageSize >= 1 && stored.pageSize <= 500
        ? stored.pageSize
        : initial.pageSize,
    wrapLines: stored.wrapLines === true,
    columns: [...kept, ...added],
  }
}

/** Columns, their order, wrapping and page size of a table, remembered in this browser. */
export const useTablePreferences = (
  table: string,
  columnIds: readonly string[],
  shownAtFirst: readonly string[],
): [TablePreferences, (changed: TablePreferences) => void] => {
  const [chosen, setChosen] = useState(() => ({ table, stored: remembered(table) }))
  const current = chosen.table === table ? chosen : { table, stored: remembered(table) }
  if (current !== chosen) setChosen(current)
  return [
    fitted(current.stored, columnIds, shownAtFirst),
    (changed) => {
      setChosen({ table, stored: changed })
      try {
        localStorage.setItem(keyOf(table), JSON.stringify(changed))
      } catch {
        // Blocked storage: the choice lasts as long as the page.
      }
    },
  ]
}
