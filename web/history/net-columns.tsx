import Badge from '@cloudscape-design/components/badge'
import type { TableProps } from '@cloudscape-design/components/table'
import type { NetChange } from '#contracts/net-changes.ts'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { counted } from '../design/words.ts'
import { placeColumn, resourceColumn } from './change-columns.tsx'
import { kindLooks } from './change-words.ts'
import { ChangeList } from './ChangeList.tsx'

/** The columns of what is different between two times, one row a resource. */
export const netColumns: readonly TableProps.ColumnDefinition<NetChange>[] = [
  resourceColumn(),
  {
    id: 'kind',
    header: 'What',
    cell: ({ kind }) => <Badge color={kindLooks[kind].color}>{kindLooks[kind].word}</Badge>,
    width: 110,
  },
  {
    id: 'changes',
    header: 'Different at the end',
    cell: ({ changes, knownSince }) => (
      <>
        <ChangeList changes={changes} />
        {knownSince !== null && (
          <Second>
            Compared with how it was found <Time iso={knownSince} form="absolute" />
          </Second>
        )}
      </>
    ),
    minWidth: 260,
  },
  {
    id: 'versions',
    header: 'In between',
    cell: ({ versions, firstAt, lastAt }) => (
      <>
        {counted(versions, 'change')}
        <Second>
          <Time iso={firstAt} />
          {versions > 1 && (
            <>
              {' '}
              to <Time iso={lastAt} />
            </>
          )}
        </Second>
      </>
    ),
    width: 170,
  },
  placeColumn(),
]
