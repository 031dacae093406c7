import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { TableProps } from '@cloudscape-design/components/table'
import { severities } from '#contracts/alert.ts'
import type { Alert } from '#contracts/alert.ts'
import { useComplain } from '../app/use-complain.ts'
import { useMay } from '../auth/permissions.ts'
import { ListTable } from '../design/ListTable.tsx'
import { Second } from '../design/Second.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { AccountName } from '../resources/AccountName.tsx'
import { useListAlertsQuery, useSettleAlertMutation } from './endpoints.ts'

const statuses = [
  { value: '', label: 'Not resolved' },
  { value: 'open', label: 'Open' },
  { value: 'acknowledged', label: 'Acknowledged' },
  { value: 'resolved', label: 'Resolved' },
]
const severityOptions = [
  { value: '', label: 'Any severity' },
  ...severities.map((value) => ({ value: value as string, label: value })),
]
const severityTypes = { info: 'info', warning: 'warning', critical: 'error' } as const
const statusLooks = {
  open: { type: 'pending', word: 'Open' },
  acknowledged: { type: 'in-progress', word: 'Acknowledged' },
  resolved: { type: 'success', word: 'Resolved' },
} as const

export const AlertsTable = () => {
  const list = useListState()
  const complain = useComplain()
  const mayManage = useMay('alert.manage')
  const status = list.get('status')
  const answer = useListAlertsQuery({
    status: status === '' ? 'unresolved' : status,
    severity: list.get('severity'),
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  })
  const [settle] = useSettleAlertMutation()
  const run = async (id: string, how: 'acknowledge' | 'resolve'): Promise<void> => {
    complain((await settle({ id, how })).error)
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
          <Second>{detail}</Second>
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
    {
      id: 'account',
      header: 'Account',
      cell: ({ account }) => (account === null ? '–' : <AccountName id={account} />),
    },
    { id: 'occurrences', header: 'Times', cell: ({ occurrences }) => occurrences },
    { id: 'lastRaisedAt', header: 'Last raised', cell: ({ lastRaisedAt }) => <Time iso={lastRaisedAt} /> },
    ...(mayManage
      ? [
          {
            id: 'actions',
            header: 'Actions',
            minWidth: 200,
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
    <ListTable
      title="Alerts"
      what="alerts"
      variant="section"
      list={list}
      answer={answer}
      columns={columns}
      rowId="id"
      choices={[
        { name: 'status', label: 'Status', options: statuses },
        { name: 'severity', label: 'Severity', options: severityOptions },
      ]}
      firstStep="All is well. What goes wrong appears here and at the bell."
    />
  )
}
