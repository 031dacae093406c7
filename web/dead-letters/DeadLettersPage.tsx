import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import Select from '@cloudscape-design/components/select'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import TextFilter from '@cloudscape-design/components/text-filter'
import { deadLetterCauses } from '#contracts/dead-letter.ts'
import type { DeadLetter } from '#contracts/dead-letter.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useDraft } from '../design/use-draft.ts'
import { useListState } from '../design/use-list-state.ts'
import { shortId, totalWords } from '../design/words.ts'
import { causeWords, statusLooks } from './cause-words.ts'
import { useListDeadLettersQuery } from './endpoints.ts'

const open = { value: '', label: 'Open' }
const statuses = [
  open,
  { value: 'requeued', label: statusLooks.requeued.word },
  { value: 'dismissed', label: statusLooks.dismissed.word },
  { value: 'all', label: 'All' },
]
const anyCause = { value: '', label: 'Any cause' }
const causes = [anyCause, ...deadLetterCauses.map((value) => ({ value: value as string, label: causeWords[value] }))]

/** What failed for a reason of the machinery: somebody has to look. */
export const DeadLettersPage = () => {
  const list = useListState()
  const [status, cause, q] = [list.get('status'), list.get('cause'), list.get('q')]
  const { data, isLoading, isFetching, error, refetch } = useListDeadLettersQuery(
    { status, cause, q, ...(list.cursor === null ? {} : { cursor: list.cursor }) },
    { pollingInterval: 30_000, skipPollingIfUnfocused: true },
  )
  const [text, setText] = useDraft(q, (changed) => list.set({ q: changed }))
  return (
    <Table
      variant="full-page"
      stickyHeader
      items={error === undefined ? (data?.items ?? []) : []}
      columnDefinitions={columns}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading dead letters"
      ariaLabels={{ tableLabel: 'Dead letters' }}
      header={
        <Header
          variant="awsui-h1-sticky"
          description="Items that failed for a reason of the machinery, not of AWS’s answer."
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={
            <Button
              iconName="refresh"
              ariaLabel="Refresh"
              loading={isFetching && !isLoading}
              onClick={() => void refetch()}
            />
          }
        >
          Dead letters
        </Header>
      }
      filter={
        <Filters>
          <TextFilter
            filteringText={text}
            filteringPlaceholder="Find by target, task or error"
            filteringAriaLabel="Find dead letters"
            onChange={({ detail }) => setText(detail.filteringText)}
          />
          <Select
            ariaLabel="Status"
            options={statuses}
            selectedOption={statuses.find(({ value }) => value === status) ?? open}
            onChange={({ detail }) => list.set({ status: detail.selectedOption.value ?? '' })}
          />
          <Select
            ariaLabel="Cause"
            options={causes}
            selectedOption={causes.find(({ value }) => value === cause) ?? anyCause}
            onChange={({ detail }) => list.set({ cause: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={status !== '' || cause !== '' || q !== ''}
          onClear={() => list.set({ status: '', cause: '', q: '' })}
          what="dead letters"
          firstStep="All is well. What the machinery could not bring to an end appears here."
        />
      }
    />
  )
}

const columns: TableProps.ColumnDefinition<DeadLetter>[] = [
  {
    id: 'target',
    header: 'Target',
    isRowHeader: true,
    cell: ({ id, target }) => <Link href={`/dead-letters/${id}`}>{target.name ?? shortId(target.id)}</Link>,
    minWidth: 150,
  },
  { id: 'operation', header: 'Operation', cell: ({ operation }) => operation },
  {
    id: 'cause',
    header: 'Cause',
    minWidth: 240,
    cell: ({ cause, error }) => (
      <>
        {causeWords[cause]}
        <Box fontSize="body-s" color="text-body-secondary">
          {error.message}
        </Box>
      </>
    ),
  },
  { id: 'task', header: 'Task', cell: ({ task }) => <Link href={`/tasks/${task}`}>{task.slice(0, 8)}</Link> },
  {
    id: 'status',
    header: 'Status',
    cell: ({ status }) => <StatusIndicator type={statusLooks[status].type}>{statusLooks[status].word}</StatusIndicator>,
  },
  { id: 'found', header: 'Found', cell: ({ foundAt }) => <Time iso={foundAt} /> },
]
