import { useEffect, useState } from 'react'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Table from '@cloudscape-design/components/table'
import type { Resource } from '#contracts/resource.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useTablePreferences } from '../design/use-table-preferences.ts'
import { totalWords } from '../design/words.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListResourcesQuery, useSummarizeResourcesQuery } from './endpoints.ts'
import { PartialWarning } from './FreshnessLabel.tsx'
import { QueryInput } from './QueryInput.tsx'
import { resourceColumns, shownAtFirst } from './resource-columns.tsx'
import { ResourceTools } from './ResourceTools.tsx'
import { SelectAllMatching } from './SelectAllMatching.tsx'
import { TableSettings } from './TableSettings.tsx'

const columnIds = resourceColumns.map(({ id }) => id)
const anyType = { value: '', label: 'Any type' }

/** The inventory: search, select, act. Filtering, sorting and paging are the server's. */
export const ResourcesPage = () => {
  useLiveTopic('resources')
  const list = useListState()
  const [preferences, setPreferences] = useTablePreferences('resources', columnIds, shownAtFirst)
  const [q, type, sort] = [list.get('q'), list.get('type'), list.get('sort') || 'name']
  const query = { q, type, sort, limit: preferences.pageSize, ...(list.cursor === null ? {} : { cursor: list.cursor }) }
  const { data, currentData, isFetching, error, refetch, fulfilledTimeStamp } = useListResourcesQuery(query)
  const { data: summary } = useSummarizeResourcesQuery()
  const [selected, setSelected] = useState<readonly Resource[]>([])
  const [isAllChosen, setAllChosen] = useState(false)
  // Another filter means other rows: a selection that is no longer in sight must not be acted on.
  useEffect(() => {
    setSelected([])
    setAllChosen(false)
  }, [q, type])

  const rows = error === undefined ? (currentData?.items ?? []) : []
  const types = [anyType, ...new Set(summary?.byType.flatMap(({ value }) => value ?? []))].map((each) =>
    typeof each === 'string' ? { value: each, label: each } : each,
  )
  const total = data?.total
  const chosenCount = isAllChosen && total !== undefined ? totalWords(total) : String(selected.length)
  const isChosen = isAllChosen || selected.length > 0

  return (
    <Table
      variant="full-page"
      stickyHeader
      items={rows}
      selectionType="multi"
      selectedItems={isAllChosen ? rows : selected}
      onSelectionChange={({ detail }) => {
        setAllChosen(false)
        setSelected(detail.selectedItems)
      }}
      trackBy="id"
      columnDefinitions={resourceColumns}
      columnDisplay={preferences.columns}
      wrapLines={preferences.wrapLines}
      resizableColumns
      stickyColumns={{ first: 0 }}
      sortingColumn={{ sortingField: sort.replace(/^-/, '') }}
      sortingDescending={sort.startsWith('-')}
      onSortingChange={({ detail }) =>
        list.set({ sort: `${detail.isDescending === true ? '-' : ''}${detail.sortingColumn.sortingField ?? 'name'}` })
      }
      loading={isFetching && currentData === undefined}
      loadingText="Loading resources"
      ariaLabels={{
        tableLabel: 'Resources',
        selectionGroupLabel: 'Resources to act on',
        allItemsSelectionLabel: () => 'Select all on this page',
        itemSelectionLabel: (_state, { name, id }) => `Select ${name ?? id}`,
      }}
      renderAriaLive={({ firstIndex, lastIndex }) =>
        `Rows ${firstIndex} to ${lastIndex}${total === undefined ? '' : ` of ${totalWords(total)}`}`
      }
      {...(total !== undefined && { totalItemsCount: total.value })}
      header={
        <SpaceBetween size="s">
          <Header
            variant="awsui-h1-sticky"
            {...(total !== undefined && {
              counter: isChosen ? `(${chosenCount}/${totalWords(total)})` : `(${totalWords(total)})`,
            })}
            actions={
              <ResourceTools
                chosen={
                  isAllChosen && total !== undefined
                    ? { kind: 'all', total: total.value }
                    : { kind: 'rows', rows: selected }
                }
                q={q}
                type={type}
                freshness={data?.freshness}
                readAt={fulfilledTimeStamp}
                isReading={isFetching}
                onRefresh={() => void refetch()}
              />
            }
          >
            Resources
          </Header>
          {data !== undefined && <PartialWarning freshness={data.freshness} />}
          <SelectAllMatching
            rows={rows}
            selected={selected}
            total={total}
            isAllChosen={isAllChosen}
            onChooseAll={() => setAllChosen(true)}
            onClear={() => {
              setAllChosen(false)
              setSelected([])
            }}
          />
        </SpaceBetween>
      }
      filter={
        <Filters>
          <QueryInput query={q} rows={rows} onChange={(changed) => list.set({ q: changed })} />
          <Select
            ariaLabel="Type"
            options={types}
            selectedOption={types.find(({ value }) => value === type) ?? { value: type, label: type }}
            onChange={({ detail }) => list.set({ type: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={currentData?.nextCursor} />}
      preferences={<TableSettings preferences={preferences} columns={resourceColumns} onChange={setPreferences} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={q !== '' || type !== ''}
          onClear={() => list.set({ q: '', type: '' })}
          what="resources"
          firstStep="The accounts are being read, or have nothing in them. See Accounts for the state of each."
        />
      }
    />
  )
}
