import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { Task } from '#contracts/task.ts'
import { ProblemAlert } from '../design/ProblemAlert.tsx'
import { useGetPlanTargetsQuery } from './endpoints.ts'
import { PlanTargets } from './PlanTargets.tsx'

/** The targets of a task's plan, which are read once: they never change. */
export const TaskPlanTargets = ({ task }: { task: Pick<Task, 'id' | 'plan'> }) => {
  const { data: targets, error } = useGetPlanTargetsQuery(task.id)
  if (error !== undefined) return <ProblemAlert error={error} />
  if (targets === undefined) return <StatusIndicator type="loading">Loading targets</StatusIndicator>
  return <PlanTargets plan={{ targets, excluded: task.plan.excluded }} />
}
