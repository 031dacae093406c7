import { pageQuerySchema } from '../../src/contracts/list.ts'
import type { TaskFilter } from '../../src/contracts/task-request.ts'
import type { Sql } from '../../src/platform/db/database.ts'
import { uuidv7 } from '../../src/platform/ids.ts'
import { listItems } from '../../src/tasks/store/read-items.ts'
import { countTasksMatching, findTask, listTasks, queueCounts } from '../../src/tasks/store/read-tasks.ts'
import { known } from './fill.ts'

export type Read = { title: string; run: (sql: Sql) => Promise<unknown> }

const filters: [string, TaskFilter][] = [
  ['no filter', {}],
  ['status=failed', { status: ['failed'] }],
  ['status=failed,cancelled', { status: ['failed', 'cancelled'] }],
  ['a status of none', { status: ['expired'] }],
  ['operation', { operation: 'ec2.stop' }],
  ['rare operation', { operation: known.rareOperation }],
  ['requestedBy', { requestedBy: 'user-7@example.com' }],
  ['rare requestedBy', { requestedBy: known.rareUser }],
  ['account', { account: '111111111111' }],
  ['rare account', { account: known.rareAccount }],
  ['a Region of none', { region: 'ap-south-2' }],
  ['failed of a rare operation', { status: ['failed'], operation: known.rareOperation }],
  ['q of many', { q: 'nightly' }],
  ['q of few', { q: known.rareName }],
]

const { limit } = pageQuerySchema.parse({})

/** The statements behind `GET /tasks`, its task, its items and `GET /queue`. */
export const readsOf = (someTask: string): Read[] => [
  ...filters.flatMap(([title, filter]): Read[] => [
    { title: `list, ${title}`, run: (sql) => listTasks(sql, filter, { limit, beforeId: null }) },
    { title: `count, ${title}`, run: (sql) => countTasksMatching(sql, filter) },
  ]),
  { title: 'list, from the middle', run: (sql) => listTasks(sql, {}, { limit, beforeId: someTask }) },
  { title: 'one task', run: (sql) => findTask(sql, someTask) },
  { title: 'no such task', run: (sql) => findTask(sql, uuidv7()) },
  { title: 'items of a task', run: (sql) => listItems(sql, someTask, { limit, afterOrdinal: -1 }) },
  { title: 'state of the queue', run: queueCounts },
]
