import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import Container from '@cloudscape-design/components/container'
import ContentLayout from '@cloudscape-design/components/content-layout'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Header from '@cloudscape-design/components/header'
import Link from '@cloudscape-design/components/link'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TaskRow } from '#contracts/task.ts'
import { PageLoading } from '../app/PageLoading.tsx'
import { CursorPagination } from '../design/CursorPagination.tsx'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { Time } from '../design/Time.tsx'
import { useListState } from '../design/use-list-state.ts'
import { counted, totalWords } from '../design/words.ts'
import { ApprovalPanel } from './ApprovalPanel.tsx'
import { useGetTaskQuery, useListTasksQuery } from './endpoints.ts'
import { PlanSummary } from './PlanSummary.tsx'
import { TaskPlanTargets } from './TaskPlanTargets.tsx'

const pageSize = 10

/** What waits for somebody's yes or no, with the plan of each: one approves a plan, never a sentence about it. */
export const ApprovalsPage = () => {
  const list = useListState()
  const query = {
    status: 'awaiting_approval',
    limit: pageSize,
    ...(list.cursor === null ? {} : { cursor: list.cursor }),
  }
  const { data, error, refetch } = useListTasksQuery(query)
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="Tasks that are risky enough to need a second person."
          {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}
          actions={<CursorPagination list={list} nextCursor={data?.nextCursor} />}
        >
          Approvals
        </Header>
      }
    >
      {error !== undefined ? (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <PageLoading />
      ) : data.items.length === 0 ? (
        <Container>
          <Box textAlign="center" padding="l">
            <SpaceBetween size="s">
              <Box variant="strong">Nothing waits for an approval</Box>
              <Button href="/tasks">Show all tasks</Button>
            </SpaceBetween>
          </Box>
        </Container>
      ) : (
        <SpaceBetween size="l">
          {data.items.map((row) => (
            <PlanCard key={row.id} row={row} />
          ))}
        </SpaceBetween>
      )}
    </ContentLayout>
  )
}

const PlanCard = ({ row }: { row: TaskRow }) => {
  const { data: task, error } = useGetTaskQuery(row.id)
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            <>
              {row.requestedBy.email}, <Time iso={row.createdAt} />
              {row.reason !== null && <>: “{row.reason}”</>}
            </>
          }
          actions={<Link href={`/tasks/${row.id}`}>Open the task</Link>}
        >
          {`${row.operation} on ${counted(row.progress.total, 'target')}`}
        </Header>
      }
    >
      {error !== undefined && <ProblemAlert error={error} />}
      {task !== undefined && (
        <SpaceBetween size="l">
          <PlanSummary plan={task.plan} total={task.progress.total} />
          <ExpandableSection headerText="Targets, before and after" defaultExpanded={task.progress.total <= 10}>
            <TaskPlanTargets task={task} />
          </ExpandableSection>
          {task.status === 'awaiting_approval' && <ApprovalPanel task={task} />}
        </SpaceBetween>
      )}
    </Container>
  )
}
