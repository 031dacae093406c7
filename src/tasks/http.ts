import type { Access } from '#security/access.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Catalogue } from './catalogue.ts'
import { decisionRoutes } from './http/decisions.ts'
import { fileTaskRoute } from './http/file-task.ts'
import { operationRoutes } from './http/operations.ts'
import { planRoutes } from './http/plans.ts'
import type { TaskService } from './http/task-service.ts'
import { taskRoutes } from './http/tasks.ts'
import type { Planner } from './plan.ts'

export type { TaskService } from './http/task-service.ts'

/** The HTTP face of the task service: operations, plans, tasks, the decisions about them, and the queue. */
export const tasksHttp =
  (deps: {
    catalogue: Catalogue
    planner: Planner
    tasks: TaskService
    access: Pick<Access, 'require'>
  }): HttpService =>
  async (http) => {
    for (const routes of [operationRoutes, planRoutes, fileTaskRoute, taskRoutes, decisionRoutes])
      await routes(deps)(http)
  }
