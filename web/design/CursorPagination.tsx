import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ListState } from './use-list-state.ts'

/** Previous and next: the server pages by cursors, so that there are no numbered pages to jump to. */
export const CursorPagination = ({ list, nextCursor }: { list: ListState; nextCursor: string | null | undefined }) => {
  if (list.isFirst && (nextCursor ?? null) === null) return null
  return (
    <nav aria-label="Pages">
      <SpaceBetween direction="horizontal" size="xxs" alignItems="center">
        <Button
          variant="icon"
          iconName="angle-left"
          ariaLabel="Previous page"
          disabled={list.isFirst}
          onClick={list.previous}
        />
        <span aria-live="polite">{list.pageNumber === null ? 'Page' : `Page ${list.pageNumber}`}</span>
        <Button
          variant="icon"
          iconName="angle-right"
          ariaLabel="Next page"
          disabled={(nextCursor ?? null) === null}
          onClick={() => nextCursor && list.next(nextCursor)}
        />
      </SpaceBetween>
    </nav>
  )
}
