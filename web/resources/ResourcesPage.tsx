import { useEffect, useState } from 'react'
import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ResourceSort } from '#contracts/inventory.ts'
import type { Resource } from '#contracts/resource.ts'
import type { ResourceView } from '#contracts/resource-view.ts'
import { apiErrorOf } from '../api/problem.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { DataTable } from '../design/DataTable.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useTablePreferences } from '../design/use-table-preferences.ts'
import { count, totalWords } from '../design/words.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { useListResourcesQuery, useListViewsQuery, useSummarizeResourcesQuery } from './endpoints.ts'
import { ExportMenu } from './ExportMenu.tsx'
import { Facets } from './Facets.tsx'
import { PartialWarning } from './FreshnessLabel.tsx'
import { queryOf, typeAndQuery } from './query-text.ts'
import { QueryInput } from './QueryInput.tsx'
import { columnsFor, exportNames } from './resource-columns.tsx'
import { ResourceTools } from './ResourceTools.tsx'
import { SavedViews } from './SavedViews.tsx'
import { SelectAllMatching } from './SelectAllMatching.tsx'
import { TableSettings } from './TableSettings.tsx'

const anyType = { value: '', label: 'Any type' }
const usualPageSize = 50

/** The inventory: search, select, act. Filtering, sorting and paging are the server's. */
export const ResourcesPage = () => {
  useLiveTopic('resources')
  const list = useListState()
  const [q, type, sort] = [list.get('q'), list.get('type'), list.get('sort') || 'name']
  const [pageSize, setPageSize] = useState(usualPageSize)
  const query = { q, type, sort, limit: pageSize, ...(list.cursor === null ? {} : { cursor: list.cursor }) }
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
  // While another page or order is on its way, the columns stay those of the rows before.
  const { columns, shownAtFirst } = columnsFor(type, error === undefined ? (data?.items ?? []) : [])
  const [preferences, setPreferences] = useTablePreferences(
    type === '' ? 'resources' : `resources.${type}`,
    columns.map(({ id }) => id),
    shownAtFirst,
  )
  useEffect(() => setPageSize(preferences.pageSize), [preferences.pageSize])
  const { data: views } = useListViewsQuery()
  const viewId = list.get('view')
  const view = views?.items.find(({ id }) => id === viewId)
  // The columns are the view's until others are chosen.
  const [ownColumnsFor, setOwnColumnsFor] = useState('')
  const shown =
    view?.columns == null || ownColumnsFor === viewId
      ? preferences
      : { ...preferences, columns: onlyShown(preferences.columns, view.columns) }
  const visible = shown.columns.flatMap(({ id, visible: isVisible }) => (isVisible ? [id] : []))
  const openView = (view: ResourceView): void => {
    setOwnColumnsFor('')
    list.set({ ...typeAndQuery(view.query), sort: view.sort ?? '', view: view.id })
  }
  // It is said at the query itself.
  const isMistaken = error !== undefined && apiErrorOf(error).code === 'invalid_query'
  const countOf = (each: string): string => count(summary?.byType.find(({ value }) => value === each)?.count ?? 0)
  const types = [anyType, ...new Set(summary?.byType.flatMap(({ value }) => value ?? []))].map((each) =>
    typeof each === 'string' ? { value: each, label: each, labelTag: countOf(each) } : each,
  )
  const total = data?.total
  const chosenCount = isAllChosen && total !== undefined ? totalWords(total) : String(selected.length)
  const isChosen = isAllChosen || selected.length > 0

  return (
    <DataTable
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
      columnDefinitions={columns}
      columnDisplay={shown.columns}
      wrapLines={shown.wrapLines}
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
          <SpaceBetween direction="horizontal" size="xs">
            <SavedViews
              shown={{ query: queryOf(q, type), sort: sort as ResourceSort, columns: visible }}
              current={viewId}
              onOpen={openView}
            />
            <ExportMenu q={q} type={type} columns={exportNames(visible)} />
          </SpaceBetween>
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
          <QueryInput query={q} error={error} onChange={(changed) => list.set({ q: changed })} />
          <Select
            ariaLabel="Type"
            options={types}
            selectedOption={types.find(({ value }) => value === type) ?? { value: type, label: type }}
            onChange={({ detail }) => list.set({ type: detail.selectedOption.value ?? '' })}
          />
          <Facets q={q} type={type} hasError={error !== undefined} onChange={(changed) => list.set({ q: changed })} />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={currentData?.nextCursor} />}
      preferences={
        <TableSettings
          preferences={shown}
          columns={columns}
          onChange={(changed) => {
            setOwnColumnsFor(viewId)
            setPreferences(changed)
          }}
        />
      }
      empty={
        isMistaken ? (
          <Box textAlign="center" padding={{ vertical: 'l' }} color="text-body-secondary">
            The query can’t be understood as it is.
          </Box>
        ) : (
          <TableState
            error={error}
            onRetry={() => void refetch()}
            isFiltered={q !== '' || type !== ''}
            onClear={() => list.set({ q: '', type: '', view: '' })}
            what="resources"
            firstStep="The accounts are being read, or have nothing in them. See Accounts for the state of each."
          />
        )
      }
    />
  )
}

/** Those columns in their order, and the others out of sight. */
const onlyShown = (columns: readonly { id: string }[], ids: readonly string[]): { id: string; visible: boolean }[] => [
  ...ids.filter((id) => columns.some((column) => column.id === id)).map((id) => ({ id, visible: true })),
  ...columns.filter(({ id }) => !ids.includes(id)).map(({ id }) => ({ id, visible: false })),
]
