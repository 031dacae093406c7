import { ListTable } from '../design/ListTable.tsx'
import { shortId } from '../design/words.ts'
import { useListTasksQuery } from '../tasks/endpoints.ts'
import { taskColumns } from '../tasks/task-columns.tsx'

/** The tasks that touched a resource, newest first. */
export const ResourceTasks = ({ id }: { id: string }) => (
  <ListTable
    title="Tasks"
    what="tasks"
    variant="section"
    answer={useListTasksQuery({ q: shortId(id), limit: 20 })}
    columns={taskColumns}
    rowId="id"
    firstStep="None has touched it."
  />
)
