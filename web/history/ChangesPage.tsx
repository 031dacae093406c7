import Badge from '@cloudscape-design/components/badge'
import Link from '@cloudscape-design/components/link'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import type { TableProps } from '@cloudscape-design/components/table'
import { versionKinds } from '#contracts/history.ts'
import type { Changes } from '#contracts/history.ts'
import { ListTable } from '../design/ListTable.tsx'
import { inAddress, rangeIn } from '../design/time-range.ts'
import { Time } from '../design/Time.tsx'
import { TimeRangePicker } from '../design/TimeRangePicker.tsx'
import { useListState } from '../design/use-list-state.ts'
import type { ListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { QueryInput } from '../resources/QueryInput.tsx'
import { placeColumn, resourceColumn } from './change-columns.tsx'
import { kindLooks } from './change-words.ts'
import { ChangeList } from './ChangeList.tsx'
import { useListChangesQuery, useListNetChangesQuery } from './endpoints.ts'
import { netColumns } from './net-columns.tsx'
import { compareLasts, lastDay } from './spans.ts'
import { useEnds } from './use-ends.ts'
import './history.css'

const kinds = [
  { value: '', label: 'Any kind' },
  ...versionKinds.map((value) => ({ value: value as string, label: kindLooks[value].word })),
]
/** What changed in the whole estate: each change, the newest first, or what is different in the end. */
export const ChangesPage = () => {
  useLiveTopic('resources')
  const list = useListState()
  return list.get('view') === 'net' ? <InSum list={list} /> : <EachChange list={list} />
}

const useQuestion = (list: ListState) => {
  const range = rangeIn(list.get, lastDay)
  const { from, to } = useEnds(range)
  return {
    q: list.get('q'),
    kind: list.get('kind'),
    from,
    to,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  }
}

const EachChange = ({ list }: { list: ListState }) => {
  const answer = useListChangesQuery(useQuestion(list))
  return (
    <ListTable
      title="Changes"
      what="changes"
      description="What sweeps and tasks saw change, whoever did it."
      list={list}
      answer={answer}
      columns={columns}
      actions={<ViewChoice list={list} />}
      filter={filterOf(list, answer.error)}
      choices={[{ name: 'kind', label: 'Kind', options: kinds }]}
      firstStep="Nothing has changed in this time."
    />
  )
}

const InSum = ({ list }: { list: ListState }) => {
  const answer = useListNetChangesQuery(useQuestion(list))
  return (
    <ListTable
      title="Changes in sum"
      what="resources that are different"
      description="How each resource was at the beginning of the time, and how it was at its end. What changed back is left out."
      list={list}
      answer={answer}
      columns={netColumns}
      rowId={({ resource }) => resource.id}
      actions={<ViewChoice list={list} />}
      filter={filterOf(list, answer.error)}
      choices={[
        {
          name: 'kind',
          label: 'Kind',
          options: kinds.map((option) => {
            const total = answer.data?.byKind[option.value as keyof typeof answer.data.byKind]
            return total === undefined ? option : { ...option, label: `${option.label} (${totalWords(total)})` }
          }),
        },
      ]}
      firstStep="Nothing is different from the beginning of this time."
    />
  )
}

const ViewChoice = ({ list }: { list: ListState }) => (
  <SegmentedControl
    label="What is shown"
    options={[
      { id: 'each', text: 'Each change' },
      { id: 'net', text: 'In sum' },
    ]}
    selectedId={list.get('view') === 'net' ? 'net' : 'each'}
    onChange={({ detail }) => list.set({ view: detail.selectedId === 'net' ? 'net' : '' })}
  />
)

const filterOf = (list: ListState, error: unknown) => ({
  names: ['q'],
  element: (
    <>
      <QueryInput query={list.get('q')} error={error} onChange={(q) => list.set({ q })} />
      <TimeRangePicker
        label="Time of the changes"
        range={rangeIn(list.get, lastDay)}
        lasts={compareLasts}
        onChange={(chosen) => list.set(inAddress(chosen))}
      />
    </>
  ),
})

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
