import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { TableProps } from '@cloudscape-design/components/table'
import { severities } from '#contracts/alert.ts'
import type { Alert } from '#contracts/alert.ts'
import { apiErrorOf } from '../api/problem.ts'
import { said } from '../app/notices.ts'
import { useAppDispatch } from '../app/store.ts'
import { useMay } from '../auth/permissions.ts'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { Filters } from '../design/Filters.tsx'
import { TableState } from '../design/TableState.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { totalWords } from '../design/words.ts'
import { useListAlertsQuery, useSettleAlertMutation } from './endpoints.ts'

const unresolved = { value: '', label: 'Not resolved' }
const statuses = [
  unresolved,
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'resolved', label: 'Resolved' },
]
const anySeverity = { value: '', label: 'Any severity' }
const severityOptions = [anySeverity, ...severities.map((value) => ({ value: value as string, label: value }))]
const severityTypes = { info: 'info', warning: 'warning', critical: 'error' } as const
const statusLooks = {
  open: { type: 'pending', word: 'Open' },
  acknowledged: { type: 'in-progress', word: 'Acknowledged' },
  resolved: { type: 'success', word: 'Resolved' },
} as const

export const AlertsTable = () => {
  const list = useListState()
  const dispatch = useAppDispatch()
  const mayManage = useMay('alert.manage')
  const [status, severity] = [list.get('status'), list.get('severity')]
  const { data, isLoading, isFetching, error, refetch } = useListAlertsQuery({
    status: status === '' ? 'unresolved' : status,
    severity,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [settle] = useSettleAlertMutation()
  const run = async (id: string, how: 'acknowledge' | 'resolve'): Promise<void> => {
    const result = await settle({ id, how })
    if (result.error !== undefined)
      dispatch(said('error', apiErrorOf(result.error).title, apiErrorOf(result.error).detail))
  }
  const columns: TableProps.ColumnDefinition<Alert>[] = [
    {
      id: 'severity',
      header: 'Severity',
      cell: (alert) => <StatusIndicator type={severityTypes[alert.severity]}>{alert.severity}</StatusIndicator>,
    },
    {
      id: 'title',
      header: 'Alert',
      isRowHeader: true,
      cell: ({ title, detail }) => (
        <>
          {title}
          <Box fontSize="body-s" color="text-body-secondary">
            {detail}
          </Box>
        </>
      ),
      minWidth: 240,
    },
    {
      id: 'status',
      header: 'Status',
      cell: (alert) => (
        <StatusIndicator type={statusLooks[alert.status].type}>{statusLooks[alert.status].word}</StatusIndicator>
      ),
    },
    { id: 'account', header: 'Account', cell: ({ account }) => account ?? '–' },
    { id: 'occurrences', header: 'Times', cell: ({ occurrences }) => occurrences },
    { id: 'lastRaisedAt', header: 'Last raised', cell: ({ lastRaisedAt }) => <Time iso={lastRaisedAt} /> },
    ...(mayManage
      ? [
          {
            id: 'actions',
            header: 'Actions',
            cell: (alert: Alert) =>
              alert.status === 'resolved' ? (
                '–'
              ) : (
                <SpaceBetween direction="horizontal" size="s">
                  {alert.status === 'open' && (
                    <Button
                      variant="inline-link"
                      ariaLabel={`Acknowledge: ${alert.title}`}
                      onClick={() => void run(alert.id, 'acknowledge')}
                    >
                      Acknowledge
                    </Button>
                  )}
                  <Button
                    variant="inline-link"
                    ariaLabel={`Resolve: ${alert.title}`}
                    onClick={() => void run(alert.id, 'resolve')}
                  >
                    Resolve
                  </Button>
                </SpaceBetween>
              ),
          },
        ]
      : []),
  ]
  return (
    <Table
      items={data?.items ?? []}
      columnDefinitions={columns}
      trackBy="id"
      wrapLines
      loading={isLoading}
      loadingText="Loading alerts"
      ariaLabels={{ tableLabel: 'Alerts' }}
      header={
        <Header
          variant="h2"
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
          Alerts
        </Header>
      }
      filter={
        <Filters>
          <Select
            ariaLabel="Status"
            options={statuses}
            selectedOption={statuses.find(({ value }) => value === status) ?? unresolved}
            onChange={({ detail }) => list.set({ status: detail.selectedOption.value ?? '' })}
          />
          <Select
            ariaLabel="Severity"
            options={severityOptions}
            selectedOption={severityOptions.find(({ value }) => value === severity) ?? anySeverity}
            onChange={({ detail }) => list.set({ severity: detail.selectedOption.value ?? '' })}
          />
        </Filters>
      }
      pagination={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
      empty={
        <TableState
          error={error}
          onRetry={() => void refetch()}
          isFiltered={status !== '' || severity !== ''}
          onClear={() => list.set({ status: '', severity: '' })}
          what="alerts"
          firstStep="All is well. What goes wrong appears here and at the bell."
        />
      }
    />
  )
}
