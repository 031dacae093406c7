import { useState } from 'react'
import type { ReactNode } from 'react'
import Pagination from '@cloudscape-design/components/pagination'
import TextFilter from '@cloudscape-design/components/text-filter'
import { count } from './words.ts'

export type LocalPages<Row> = {
  /** The rows of the page that is shown. */
  items: readonly Row[]
  /** "(12)", or "(3/12)" while some are filtered out. */
  counter: string
  isFiltered: boolean
  clear: () => void
  /** A filter and pages, as far as there are enough rows for them. */
  controls: { filter?: ReactNode; pagination?: ReactNode }
}

/**
 * Filter and pages of rows that are all here already. Only a page of them is ever in the document, since the design system's
 * table is not virtualised.
 */
export const useLocalPages = <Row,>(
  rows: readonly Row[],
  { textOf, label, placeholder, pageSize }: LocalPagesOptions<Row>,
): LocalPages<Row> => {
  const [text, setText] = useState('')
  const [page, setPage] = useState(1)
  const wanted = text.trim().toLowerCase()
  const isFiltered = wanted !== ''
  const matching = isFiltered ? rows.filter((row) => textOf(row).toLowerCase().includes(wanted)) : rows
  const pages = Math.max(1, Math.ceil(matching.length / pageSize))
  const shown = Math.min(page, pages)
  const find = (wish: string): void => {
    setText(wish)
    setPage(1)
  }
  return {
    items: matching.slice((shown - 1) * pageSize, shown * pageSize),
    counter: isFiltered ? `(${count(matching.length)}/${count(rows.length)})` : `(${count(rows.length)})`,
    isFiltered,
    clear: () => find(''),
    controls: {
      ...((rows.length > pageSize || isFiltered) && {
        filter: (
          <TextFilter
            filteringText={text}
            filteringPlaceholder={placeholder}
            filteringAriaLabel={label}
            countText={`${count(matching.length)} of ${count(rows.length)}`}
            onChange={({ detail }) => find(detail.filteringText)}
          />
        ),
      }),
      ...(pages > 1 && {
        pagination: (
          <Pagination
            currentPageIndex={shown}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        ),
      }),
    },
  }
}

type LocalPagesOptions<Row> = {
  /** What the filter looks into. */
  textOf: (row: Row) => string
  label: string
  placeholder: string
  /** Below this neither a filter nor pages are worth their room. */
  pageSize: number
}
