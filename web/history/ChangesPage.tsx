import Badge from '@cloudscape-design/components/badge'
import Link from '@cloudscape-design/components/link'
import type { TableProps } from '@cloudscape-design/components/table'
import { versionKinds } from '#contracts/history.ts'
import type { Changes } from '#contracts/history.ts'
import { ListTable } from '../design/ListTable.tsx'
import { inAddress, rangeIn } from '../design/time-range.ts'
import { Time } from '../design/Time.tsx'
import { TimeRangePicker } from '../design/TimeRangePicker.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { QueryInput } from '../resources/QueryInput.tsx'
import { placeColumn, resourceColumn } from './change-columns.tsx'
import { kindLooks } from './change-words.ts'
import { ChangeList } from './ChangeList.tsx'
import { useListChangesQuery } from './endpoints.ts'
import { compareLasts, lastDay } from './spans.ts'
import { useEnds } from './use-ends.ts'
import './history.css'

const kinds = [
  { value: '', label: 'Any kind' },
  ...versionKinds.map((value) => ({ value: value as string, label: kindLooks[value].word })),
]
/** What changed in the whole estate, the newest first. */
export const ChangesPage = () => {
  useLiveTopic('resources')
  const list = useListState()
  const [q, kind] = [list.get('q'), list.get('kind')]
  const range = rangeIn(list.get, lastDay)
  const answer = useListChangesQuery({
    q,
    kind,
    ...useEnds(range),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  return (
    <ListTable
      title="Changes"
      what="changes"
      description="What sweeps and tasks saw change, whoever did it."
      list={list}
      answer={answer}
      columns={columns}
      filter={{
        names: ['q'],
        element: (
          <>
            <QueryInput query={q} error={answer.error} onChange={(changed) => list.set({ q: changed })} />
            <TimeRangePicker
              label="Time of the changes"
              range={range}
              lasts={compareLasts}
              onChange={(chosen) => list.set(inAddress(chosen))}
            />
          </>
        ),
      }}
      choices={[{ name: 'kind', label: 'Kind', options: kinds }]}
      firstStep="Nothing has changed in this time."
    />
  )
}

type Change = Changes['items'][number]
const columns: TableProps.ColumnDefinition<Change>[] = [
  { id: 'at', header: 'Seen', cell: ({ at }) => <Time iso={at} />, width: 130 },
  resourceColumn(),
  {
    id: 'kind',
    header: 'What',
    cell: ({ kind }) => <Badge color={kindLooks[kind].color}>{kindLooks[kind].word}</Badge>,
    width: 110,
  },
  { id: 'changes', header: 'Changes', cell: ({ changes }) => <ChangeList changes={changes} />, minWidth: 260 },
  {
    id: 'tasks',
    header: 'Task',
    cell: ({ tasks }) =>
      tasks.length === 0
        ? '–'
        : tasks.map(({ id, operation }) => (
            <div key={id}>
              <Link href={`/tasks/${id}`}>{operation ?? `Task ${id.slice(0, 8)}`}</Link>
            </div>
          )),
  },
  placeColumn(),
]
