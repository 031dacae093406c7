import type { Command } from 'commander'
import type { List } from '#contracts/list.ts'
import type { OnOffPlan } from '#contracts/on-off-plan.ts'
import { CliError } from '../cli-error.ts'
import { addCommand, collect, wholeNumber } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { facts, table } from '../output.ts'
import { pageLine } from './tasks.ts'

const pathOf = (id: string): string => `/on-off-plans/${encodeURIComponent(id)}`

/** `on-off list | create | pause | resume | delete`. */
export const addOnOffPlans = (program: Command, io: Io): void => {
  const onOff = program.command('on-off').description('instances that are stopped at one time and started at another')
  addList(onOff, io)
  addCreate(onOff, io)
  addVerbs(onOff, io)
}

const usdWords = (usd: number | null): string | null => (usd === null ? null : `${usd.toFixed(2)} USD`)

const addList = (onOff: Command, io: Io): void => {
  type Options = { limit: number; cursor?: string }
  addCommand<Options>(onOff, 'list', 'list on/off plans, the newest first', io, async (_args, options, context) => {
    const { limit, cursor } = options
    const list = await context.client().get<List<OnOffPlan>>('/on-off-plans', { limit: String(limit), cursor })
    context.answer(list, () =>
      [
        table(list.items, {
          ID: (plan) => plan.id,
          NAME: (plan) => plan.name,
          DAYS: (plan) => plan.days.join(','),
          OFF: (plan) => plan.offAt,
          ON: (plan) => plan.onAt,
          ZONE: (plan) => plan.timeZone,
          STATUS: (plan) => plan.status,
          'NEXT OFF': (plan) => plan.off.nextRuns[0],
          'NEXT ON': (plan) => plan.on.nextRuns[0],
          'SAVES A MONTH': (plan) => usdWords(plan.savings.usd),
          OWNER: (plan) => plan.owner.email,
        }),
        pageLine(list),
      ].join('\n'),
    )
  })
    .option('--limit <number>', 'rows', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the next page')
}

const describe = (plan: OnOffPlan): string =>
  facts({
    Id: plan.id,
    Name: plan.name,
    When: `off at ${plan.offAt}, on at ${plan.onAt}, ${plan.days.join(',')} (${plan.timeZone})`,
    'Not on': plan.exceptDates.join(', '),
    Status: plan.status,
    'Next off': plan.off.nextRuns.join(', '),
    'Next on': plan.on.nextRuns.join(', '),
    'Schedule off': plan.off.schedule,
    'Schedule on': plan.on.schedule,
    'Hours off a month': String(plan.savings.hoursOff),
    'Saves a month': usdWords(plan.savings.usd) ?? `not known: ${plan.savings.why}`,
  })

type CreateOptions = {
  name: string
  query?: string
  target?: string[]
  account?: string
  region?: string
  days: string
  off: string
  on: string
  zone: string
  except?: string[]
  reason?: string
}

const addCreate = (onOff: Command, io: Io): void => {
  addCommand<CreateOptions>(
    onOff,
    'create',
    'have instances stopped at one time and started at another',
    io,
    async (_args, options, context) => {
      const { query, target, account, region } = options
      if ((query === undefined) === (target === undefined))
        throw new CliError('Give either --query or --target.', { exitCode: exitCodes.usage })
      const created = await context.client().post<OnOffPlan>('/on-off-plans', {
        name: options.name,
        targets: { ...(query === undefined ? { ids: target } : { query }), account, region },
        days: options.days.toUpperCase().split(','),
        offAt: options.off,
        onAt: options.on,
        timeZone: options.zone,
        exceptDates: options.except,
        reason: options.reason,
      })
      context.answer(created, () => describe(created))
    },
  )
    .requiredOption('--name <name>', 'what it is called')
    .requiredOption('--off <hh:mm>', 'when they are stopped')
    .requiredOption('--on <hh:mm>', 'when they are started')
    .option('--query <query>', 'targets: what matches this query each time, without "state:"')
    .option('--target <id>', 'targets: this instance (repeatable)', collect)
    .option('--account <id>', 'targets in this account only')
    .option('--region <region>', 'targets in this Region only')
    .option('--days <days>', 'on which days', 'MON,TUE,WED,THU,FRI')
    .option('--zone <name>', 'the time zone of the times', 'UTC')
    .option('--except <date>', 'a day on which neither happens (repeatable)', collect)
    .option('--reason <text>', 'why; stands at each task')
}

const addVerbs = (onOff: Command, io: Io): void => {
  for (const [verb, description] of [
    ['pause', 'let neither half run until it is resumed'],
    ['resume', 'let both halves run again, from their next times on'],
  ] as const) {
    addCommand(onOff, `${verb} <id>`, description, io, async ([id = ''], _options, context) => {
      const changed = await context.client().post<OnOffPlan>(`${pathOf(id)}/${verb}`, {})
      const [off = 'none', on = 'none'] = [changed.off.nextRuns[0], changed.on.nextRuns[0]]
      context.answer(changed, () => `"${changed.name}" is ${changed.status}; next off: ${off}, next on: ${on}.`)
    })
  }

  addCommand(onOff, 'delete <id>', 'delete a plan with both halves', io, async ([id = ''], _options, context) => {
    await context.client().delete(pathOf(id))
    context.answer({ id, deleted: true }, () => `On/off plan ${id} is deleted.`)
  })
}
