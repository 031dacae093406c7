import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import type { Total } from '#contracts/list.ts'
import type { Resource } from '#contracts/resource.ts'
import { count, totalWords } from '../design/words.ts'

/** Offers everything that matches once the whole page is selected, which then becomes a query that the plan freezes. */
export const SelectAllMatching = ({
  rows,
  selected,
  total,
  isAllChosen,
  onChooseAll,
  onClear,
}: {
  rows: readonly Resource[]
  selected: readonly Resource[]
  total: Total | undefined
  isAllChosen: boolean
  onChooseAll: () => void
  onClear: () => void
}) => {
  if (total === undefined || rows.length === 0) return null
  if (isAllChosen) {
    return (
      <Alert type="info" action={<Button onClick={onClear}>Clear the selection</Button>}>
        All {totalWords(total)} that match are selected, on every page. Which ones exactly is fixed when the task is
        planned.
      </Alert>
    )
  }
  const isPageSelected = rows.every(({ id }) => selected.some((row) => row.id === id))
  if (!isPageSelected || total.value <= rows.length) return null
  return (
    <Alert type="info" action={<Button onClick={onChooseAll}>{`Select all ${totalWords(total)} that match`}</Button>}>
      {count(selected.length)} selected, all on this page.
    </Alert>
  )
}
