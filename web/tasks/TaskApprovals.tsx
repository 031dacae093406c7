import Box from '@cloudscape-design/components/box'
import StatusIndicator from '@cloudscape-design/components/status-indicator'
import Table from '@cloudscape-design/components/table'
import type { Task } from '#contracts/task.ts'
import { Time } from '../design/Time.tsx'
import { approvalWords } from './plan-words.ts'

/** Who decided about a task, when and why. */
export const TaskApprovals = ({ task }: { task: Task }) => (
  <Table
    items={task.approvals}
    ariaLabels={{ tableLabel: 'Approvals' }}
    empty={<Box color="text-body-secondary">No decision so far. Needed: {approvalWords(task.plan.approvals)}.</Box>}
    columnDefinitions={[
      {
        id: 'decision',
        header: 'Decision',
        isRowHeader: true,
        cell: ({ decision, selfApproved }) => (
          <>
            <StatusIndicator type={decision === 'approved' ? 'success' : 'error'}>
              {decision === 'approved' ? 'Approved' : 'Rejected'}
            </StatusIndicator>
            {selfApproved && ' by the requester'}
          </>
        ),
      },
      { id: 'by', header: 'By', cell: ({ by }) => by.email },
      { id: 'reason', header: 'Reason', cell: ({ reason }) => reason ?? '–' },
      { id: 'at', header: 'When', cell: ({ at }) => <Time iso={at} form="both" /> },
    ]}
  />
)
