import type { Command } from 'commander'
import type { Me } from '#contracts/auth.ts'
import type { List } from '#contracts/list.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import type { Item, Task, TaskRow } from '#contracts/task.ts'
import { CliError } from '../cli-error.ts'
import { addCommand, collect, wholeNumber } from '../command.ts'
import type { Context } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { facts, table } from '../output.ts'
import { addTaskRun, waitFor, words } from './task-run.ts'

/** `task run | list | show | approve | reject | cancel | pause | resume | undo | retry`. */
export const addTasks = (program: Command, io: Io): void => {
  const task = program.command('task').description('file, follow and decide about tasks')
  addTaskRun(task, io)
  addList(task, io)
  addShow(task, io)
  addDecisions(task, io)
  addRetry(task, io)
}

const pathOf = (id: string): string => `/tasks/${encodeURIComponent(id)}`

const addList = (task: Command, io: Io): void => {
  type Options = {
    status?: string
    operation?: string
    account?: string
    region?: string
    by?: string
    search?: string
    limit: number
    cursor?: string
  }
  addCommand<Options>(task, 'list', 'list tasks, the newest first', io, async (_args, options, context) => {
    const { by: requestedBy, search: q, limit, ...filter } = options
    const list = await context.client().get<List<TaskRow>>('/tasks', {
      status: filter.status,
      operation: filter.operation,
      account: filter.account,
      region: filter.region,
      requestedBy,
      q,
      limit: String(limit),
      cursor: filter.cursor,
    })
    context.answer(list, () =>
      [
        table(list.items, {
          ID: (row) => row.id,
          OPERATION: (row) => row.operation,
          STATUS: (row) => words(row.status),
          DONE: (row) => `${row.progress.succeeded}/${row.progress.total}`,
          FAILED: (row) => row.progress.failed,
          RISK: (row) => row.plan.risk,
          BY: (row) => row.requestedBy.email,
          CREATED: (row) => row.createdAt,
        }),
        pageLine(list),
      ].join('\n'),
    )
  })
    .option('--status <status>', 'one or some, with commas between: queued,running')
    .option('--operation <name>', 'of this operation')
    .option('--account <id>', 'in this account')
    .option('--region <region>', 'in this Region')
    .option('--by <user>', 'requested by this user (id or e-mail address)')
    .option('--search <text>', 'text in the reason, operation, id or target')
    .option('--limit <number>', 'rows', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the next page')
}

/** How many there are, and how to see more. */
export const pageLine = ({ items, total, nextCursor }: List<unknown>): string =>
  `\n${items.length} of ${total.value}${total.relation === 'gte' ? ' or more' : ''}${nextCursor === null ? '' : `; more with --cursor ${nextCursor}`}`

const addShow = (task: Command, io: Io): void => {
  addCommand<{ items?: boolean }>(task, 'show <id>', 'show a task', io, async ([id = ''], options, context) => {
    const found = await context.client().get<Task>(pathOf(id))
    const items = options.items
      ? await context.client().get<List<Item>>(`${pathOf(id)}/items`, { limit: '500' })
      : undefined
    context.answer(items === undefined ? found : { ...found, items: items.items }, () =>
      [describe(found), ...(items ? ['', describeItems(items)] : [])].join('\n'),
    )
  }).option('--items', 'with its targets, one by one')
}

const describe = (task: Task): string =>
  facts({
    Id: task.id,
    Operation: task.operation,
    Status: words(task.status),
    Risk: task.plan.risk,
    Progress: Object.entries(task.progress)
      .filter(([name, count]) => name === 'total' || count > 0)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
    'Not before': task.notBefore ? `${task.notBefore}: ${task.notBeforeReason ?? ''}` : null,
    'Break-glass': task.breakGlass ? `by ${task.breakGlass.by.email}: ${task.breakGlass.reason}` : null,
    ...(task.waves === undefined
      ? {}
      : { Waves: task.waves.map(({ size, status }) => `${size} ${status}`).join(', ') }),
    'Paused by': task.watch?.pausedBy ?? null,
    Reason: task.reason,
    'Requested by': task.requestedBy.email,
    Created: task.createdAt,
    Started: task.startedAt,
    Finished: task.finishedAt,
    Approvals: `${task.approvals.length} of ${task.plan.approvals.needed}`,
    Undo: task.undo.possible ? words(task.undo.label) : `no: ${task.undo.why ?? ''}`,
    Error: task.error === undefined ? null : `${task.error.message} (${task.error.code})`,
    'Plan hash': task.plan.planHash,
  })

const describeItems = (items: List<Item>): string =>
  [
    table(items.items, {
      TARGET: (item) => item.target.id,
      NAME: (item) => item.target.name,
      STATUS: (item) => item.status,
      STEP: (item) => item.steps.findLast((step) => step.status !== 'pending')?.name,
      ERROR: (item) => item.error?.message,
    }),
    pageLine(items),
  ].join('\n')

const addDecisions = (task: Command, io: Io): void => {
  addCommand<{ planHash?: string; confirm?: string; reason?: string; yes?: boolean }>(
    task,
    'approve <id>',
    'approve the plan of a task',
    io,
    async ([id = ''], options, context) => {
      const client = context.client()
      const found = await client.get<Task>(pathOf(id))
      // Bound to what was looked at: with --plan-hash that is what the caller saw, else what is shown now.
      const planHash = options.planHash ?? found.plan.planHash
      const confirmation = options.confirm ?? (await askConfirmation(found, options.yes === true, context))
      const filed = await client.post<FiledTask>(`${pathOf(id)}/approve`, {
        planHash,
        ...(confirmation === undefined ? {} : { confirmation }),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      })
      context.answer(filed, () => `Approved. Task ${filed.id} is ${words(filed.status)}.`)
    },
  )
    .option('--plan-hash <hash>', 'approve only if the plan is still this one')
    .option('--confirm <text>', 'the typed confirmation, where the plan asks for one')
    .option('--reason <text>', 'why')
    .option('-y, --yes', 'do not ask (a typed confirmation is still needed where the plan asks for one)')

  for (const [verb, description] of [
    ['reject', 'reject a task that awaits approval'],
    ['cancel', 'cancel a task'],
    ['pause', 'begin nothing more of a task until it is resumed'],
    ['resume', 'go on with a paused task'],
  ] as const) {
    addCommand<{ reason?: string; wait?: boolean }>(
      task,
      `${verb} <id>`,
      description,
      io,
      async ([id = ''], options, context) => {
        const filed = await context
          .client()
          .post<FiledTask>(`${pathOf(id)}/${verb}`, options.reason === undefined ? {} : { reason: options.reason })
        context.answer(filed, () => `Task ${filed.id} is ${words(filed.status)}.`)
      },
    ).option('--reason <text>', 'why')
  }

  addCommand<{ item?: string[]; reason?: string; wait?: boolean }>(
    task,
    'undo <id>',
    'file the task that takes this one back',
    io,
    async ([id = ''], options, context) => {
      const filed = await context.client().post<FiledTask>(`${pathOf(id)}/undo`, {
        ...(options.item === undefined ? {} : { items: options.item }),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      })
      if (options.wait) return waitFor(filed.id, context)
      context.answer(filed, () => `Task ${filed.id} takes it back; it is ${words(filed.status)}.`)
    },
  )
    .option('--item <id>', 'only this item (repeatable)', collect)
    .option('--reason <text>', 'why')
    .option('-w, --wait', `wait for the end; exit code ${exitCodes.taskNotSucceeded} unless it succeeds`)
}

const addRetry = (task: Command, io: Io): void => {
  type Options = {
    item?: string[]
    status?: string[]
    repeatEffect?: boolean
    reason?: string
    wait?: boolean
  }
  addCommand<Options>(
    task,
    'retry <id>',
    'file a task that tries again what failed of this one',
    io,
    async ([id = ''], { item, status, repeatEffect, reason, wait }, context) => {
      const filed = await context.client().post<FiledTask>(`${pathOf(id)}/retry`, {
        ...(item === undefined ? {} : { items: item }),
        ...(status === undefined ? {} : { statuses: status }),
        ...(repeatEffect === undefined ? {} : { repeatEffect }),
        ...(reason === undefined ? {} : { reason }),
      })
      if (wait) return waitFor(filed.id, context)
      context.answer(filed, () => `Task ${filed.id} tries it again; it is ${words(filed.status)}.`)
    },
  )
    .option('--item <id>', 'only this item (repeatable)', collect)
    .option('--status <status>', 'which: failed, compensated, drifted or cancelled (repeatable)', collect)
    .option('--repeat-effect', 'also what may have taken effect without anybody knowing')
    .option('--reason <text>', 'why')
    .option('-w, --wait', `wait for the end; exit code ${exitCodes.taskNotSucceeded} unless it succeeds`)
}

/** What has to be typed: for one's own task, where that may be approved at all, and for what is irreversible. */
const neededConfirmation = async ({ plan, requestedBy }: Task, context: Context): Promise<string | null> => {
  const { confirmation } = plan.approvals
  if (confirmation === null || plan.risk === 'R4') return confirmation
  const me = await context.client().get<Me>('/auth/me')
  return me.id === requestedBy.id ? confirmation : null
}

/** What has to be typed, when it is needed; else a yes or no. */
const askConfirmation = async (task: Task, isYes: boolean, context: Context): Promise<string | undefined> => {
  const { io, isJson } = context
  const confirmation = await neededConfirmation(task, context)
  if (confirmation === null && isYes) return undefined
  if (isJson || !io.isInteractive) {
    throw new CliError(
      confirmation === null ? 'Nobody is here to confirm.' : 'This plan asks for a typed confirmation.',
      {
        exitCode: exitCodes.usage,
        hint: confirmation === null ? 'Add --yes.' : `Add --confirm "${confirmation}".`,
      },
    )
  }
  io.err(`${describe(task)}\n`)
  if (confirmation !== null) return (await io.ask(`Type "${confirmation}" to approve: `)).trim()
  if (/^y(es)?$/i.test((await io.ask(`Approve ${task.operation} on ${task.progress.total} targets? [y/N] `)).trim()))
    return undefined
  throw new CliError('Not approved.', { exitCode: exitCodes.failed })
}
