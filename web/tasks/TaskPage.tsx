import { useParams } from 'react-router'
import Alert from '@cloudscape-design/components/alert'
import ContentLayout from '@cloudscape-design/components/content-layout'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Tabs from '@cloudscape-design/components/tabs'
import Container from '@cloudscape-design/components/container'
import type { Task } from '#contracts/task.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useListState } from '../design/use-list-state.ts'
import { useLiveTopic } from '../live/LiveProvider.tsx'
import { ApprovalPanel } from './ApprovalPanel.tsx'
import { ApiCall } from './ApiCall.tsx'
import { useGetTaskQuery } from './endpoints.ts'
import { PlanSummary } from './PlanSummary.tsx'
import { TaskPlanTargets } from './TaskPlanTargets.tsx'
import { TaskActions } from './TaskActions.tsx'
import { TaskApprovals } from './TaskApprovals.tsx'
import { TaskItems } from './TaskItems.tsx'
import { TaskNotices } from './TaskNotices.tsx'
import { TaskOverview } from './TaskOverview.tsx'
import { TaskTimeline } from './TaskTimeline.tsx'

/** One task, live: what it does, how far it is, who allowed it, and how to take it back. */
export const TaskPage = () => {
  const { id = '' } = useParams()
  useLiveTopic(`tasks/${id}`)
  const { data: task, error, refetch } = useGetTaskQuery(id)
  if (task === undefined && error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  return task === undefined ? <PageLoading /> : <Loaded task={task} />
}

const Loaded = ({ task }: { task: Task }) => {
  const address = useListState()
  const tab = address.get('tab') || 'items'
  return (
    <ContentLayout
      header={
        <Header variant="h1" description={task.reason ?? ''} actions={<TaskActions task={task} />}>
          {task.operation}
        </Header>
      }
    >
      <SpaceBetween size="l">
        {task.undoOf !== undefined && (
          <Alert type="info">
            This task takes back <Link href={`/tasks/${task.undoOf}`}>an earlier one</Link>.
          </Alert>
        )}
        {task.undo.task !== null && (
          <Alert type="info">
            This task was taken back by <Link href={`/tasks/${task.undo.task}`}>another one</Link>.
          </Alert>
        )}
        {task.error !== undefined && (
          <Alert type="error" header={`It ended with ${task.error.code}`}>
            {task.error.message}
          </Alert>
        )}
        <TaskNotices task={task} />
        {task.status === 'awaiting_approval' && <ApprovalPanel task={task} />}
        <TaskOverview task={task} />
        <Tabs
          ariaLabel="Parts of the task"
          activeTabId={tab}
          onChange={({ detail }) =>
            address.set({ tab: detail.activeTabId === 'items' ? '' : detail.activeTabId, itemStatus: '' })
          }
          tabs={[
            { id: 'items', label: `Targets (${task.progress.total})`, content: <TaskItems task={task} /> },
            {
              id: 'plan',
              label: 'Plan',
              content: (
                <Container>
                  <SpaceBetween size="l">
                    <PlanSummary plan={task.plan} total={task.progress.total} />
                    <TaskPlanTargets task={task} />
                    <ApiCall
                      request={{ operation: task.operation, targets: task.targets, params: task.params }}
                      reason={task.reason ?? ''}
                    />
                  </SpaceBetween>
                </Container>
              ),
            },
            { id: 'approvals', label: `Approvals (${task.approvals.length})`, content: <TaskApprovals task={task} /> },
            { id: 'events', label: 'Timeline', content: <TaskTimeline id={task.id} /> },
          ]}
        />
      </SpaceBetween>
    </ContentLayout>
  )
}
