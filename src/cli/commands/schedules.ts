import type { Command } from 'commander'
import type { List } from '#contracts/list.ts'
import type { Targets } from '#contracts/resource.ts'
import type { Schedule, ScheduleRow, ScheduleRun } from '#contracts/schedule.ts'
import { missedRunsSchema } from '#contracts/schedule.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import { CliError } from '../cli-error.ts'
import { addCommand, collect, wholeNumber } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { facts, table } from '../output.ts'
import { paramsFrom } from '../params.ts'
import { pageLine } from './tasks.ts'

const pathOf = (id: string): string => `/schedules/${encodeURIComponent(id)}`

/** `schedule list | show | create | pause | resume | run | delete`. */
export const addSchedules = (program: Command, io: Io): void => {
  const schedule = program.command('schedule').description('operations that run by themselves')
  addList(schedule, io)
  addShow(schedule, io)
  addCreate(schedule, io)
  addVerbs(schedule, io)
}

const addList = (schedule: Command, io: Io): void => {
  type Options = { status?: string; operation?: string; search?: string; limit: number; cursor?: string }
  addCommand<Options>(schedule, 'list', 'list schedules, the newest first', io, async (_args, options, context) => {
    const { status, operation, search: q, limit, cursor } = options
    const list = await context
      .client()
      .get<List<ScheduleRow>>('/schedules', { status, operation, q, limit: String(limit), cursor })
    context.answer(list, () =>
      [
        table(list.items, {
          ID: (row) => row.id,
          NAME: (row) => row.name,
          OPERATION: (row) => row.operation,
          WHEN: (row) => row.cron ?? row.at,
          ZONE: (row) => row.timeZone,
          STATUS: (row) => row.status,
          NEXT: (row) => row.nextRunAt,
          LAST: (row) => row.lastRun?.status,
          OWNER: (row) => row.owner.email,
        }),
        pageLine(list),
      ].join('\n'),
    )
  })
    .option('--status <status>', 'active, paused, stopped or finished')
    .option('--operation <name>', 'of this operation')
    .option('--search <text>', 'text in the name or operation')
    .option('--limit <number>', 'rows', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the next page')
}

const addShow = (schedule: Command, io: Io): void => {
  addCommand(schedule, 'show <id>', 'show a schedule with its next runs', io, async ([id = ''], _options, context) => {
    const found = await context.client().get<Schedule>(pathOf(id))
    context.answer(found, () => describe(found))
  })
}

const targetWords = (targets: Targets): string => {
  if ('query' in targets) return targets.query
  return 'ids' in targets ? targets.ids.join(', ') : `${targets.account} ${targets.region}`
}

const describe = (schedule: Schedule): string =>
  facts({
    Id: schedule.id,
    Name: schedule.name,
    Operation: schedule.operation,
    Targets: targetWords(schedule.targets),
    When: `${schedule.cron ?? schedule.at} (${schedule.timeZone})`,
    Status: schedule.status,
    'Stopped because': schedule.stoppedReason,
    Owner: schedule.owner.email,
    'Standing approval': schedule.standingApproval?.status,
    'Last run':
      schedule.lastRun === null ? null : `${schedule.lastRun.status}: ${schedule.lastRun.why ?? schedule.lastRun.task}`,
    'Next runs': schedule.nextRuns.join(', '),
  })

type CreateOptions = {
  name: string
  query?: string
  target?: string[]
  account?: string
  region?: string
  param?: string[]
  params?: string
  cron?: string
  at?: string
  zone: string
  skip?: string[]
  missed: string
  reason?: string
}

const addCreate = (schedule: Command, io: Io): void => {
  addCommand<CreateOptions>(
    schedule,
    'create <operation>',
    'have an operation run by itself',
    io,
    async ([operation = ''], options, context) => {
      const { query, target, account, region } = options
      if ((query === undefined) === (target === undefined))
        throw new CliError('Give either --query or --target.', { exitCode: exitCodes.usage })
      if ((options.cron === undefined) === (options.at === undefined))
        throw new CliError('Give either --cron or --at.', { exitCode: exitCodes.usage })
      const client = context.client()
      const { params: schema } = await client.get<OperationInfo>(`/operations/${encodeURIComponent(operation)}`)
      const created = await client.post<Schedule>('/schedules', {
        name: options.name,
        operation,
        targets: { ...(query === undefined ? { ids: target } : { query }), account, region },
        params: paramsFrom(options, schema),
        cron: options.cron,
        at: options.at,
        timeZone: options.zone,
        skipDates: options.skip,
        missedRuns: options.missed,
        reason: options.reason,
      })
      context.answer(created, () => describe(created))
    },
  )
    .requiredOption('--name <name>', 'what it is called')
    .option('--query <query>', 'targets: what matches this query at each run')
    .option('--target <id>', 'targets: this resource (repeatable)', collect)
    .option('--account <id>', 'targets in this account only')
    .option('--region <region>', 'targets in this Region only')
    .option('-p, --param <name=value>', 'a parameter of the operation (repeatable)', collect)
    .option('--params <json>', 'all parameters, as JSON')
    .option('--cron <expression>', 'when: five fields, for example "0 19 * * MON-FRI"')
    .option('--at <time>', 'when: once, for example 2027-01-31T19:00:00+01:00')
    .option('--zone <name>', 'the time zone of the expression', 'UTC')
    .option('--skip <date>', 'a day on which it does not run (repeatable)', collect)
    .option('--missed <policy>', missedRunsSchema.options.join(', '), 'run_once')
    .option('--reason <text>', 'why; stands at each task')
}

const addVerbs = (schedule: Command, io: Io): void => {
  for (const [verb, description] of [
    ['pause', 'let it run no more until it is resumed'],
    ['resume', 'let it run again, from its next time on'],
  ] as const) {
    addCommand(schedule, `${verb} <id>`, description, io, async ([id = ''], _options, context) => {
      const changed = await context.client().post<Schedule>(`${pathOf(id)}/${verb}`, {})
      context.answer(changed, () => `"${changed.name}" is ${changed.status}; next run: ${changed.nextRunAt ?? 'none'}.`)
    })
  }

  addCommand(schedule, 'run <id>', 'run it now, beside its times', io, async ([id = ''], _options, context) => {
    const run = await context.client().post<ScheduleRun>(`${pathOf(id)}/run`, {})
    context.answer(
      run,
      () => `Run ${run.id} is ${run.status}; "orchestrator schedule show ${id}" says what became of it.`,
    )
  })

  addCommand(schedule, 'delete <id>', 'delete a schedule', io, async ([id = ''], _options, context) => {
    await context.client().delete(pathOf(id))
    context.answer({ id, deleted: true }, () => `Schedule ${id} is deleted.`)
  })
}
