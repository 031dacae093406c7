import Header from '@cloudscape-design/components/header'
import Table from '@cloudscape-design/components/table'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useListTasksQuery } from '../tasks/endpoints.ts'
import { taskColumns } from '../tasks/task-columns.tsx'
import { shortId, totalWords } from '../design/words.ts'

/** The tasks that touched a resource, newest first. */
export const ResourceTasks = ({ id }: { id: string }) => {
  const { data, isLoading, error, refetch } = useListTasksQuery({ q: shortId(id), limit: 20 })
  if (error !== undefined) return <ProblemAlert error={error} onRetry={() => void refetch()} />
  return (
    <Table
      items={data?.items ?? []}
      columnDefinitions={taskColumns}
      trackBy="id"
      loading={isLoading}
      loadingText="Loading tasks"
      ariaLabels={{ tableLabel: 'Tasks of this resource' }}
      header={
        <Header variant="h2" {...(data !== undefined && { counter: `(${totalWords(data.total)})` })}>
          Tasks
        </Header>
      }
      empty="No task has touched it."
    />
  )
}
