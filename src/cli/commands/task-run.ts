import { randomUUID } from 'node:crypto'
import { Option } from 'commander'
import type { Command } from 'commander'
import type { OnBudget, RolloutRequest, Waves } from '#contracts/bulk.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import type { Targets } from '#contracts/resource.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import type { Plan, Task } from '#contracts/task.ts'
import { CliError } from '../cli-error.ts'
import { addCommand, collect, wholeNumber } from '../command.ts'
import type { Context } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import { followTask } from '../follow-task.ts'
import type { Io } from '../io.ts'
import { facts, printable, table } from '../output.ts'
import { paramsFrom } from '../params.ts'
import { budgetOption, wavesOption } from '../rollout.ts'

type Options = {
  id?: string[]
  query?: string
  account?: string
  region?: string
  param?: string[]
  params?: string
  reason?: string
  priority?: number
  at?: string
  breakGlass?: string
  within?: number
  waves?: Waves
  soak?: number
  errorBudget?: number | null
  onBudget?: OnBudget
  watchAlarm?: string[]
  runAfter?: string[]
  dryRun?: boolean
  yes?: boolean
  wait?: boolean
}

/** `task run`: plans, shows the plan, asks, files, and with `--wait` follows the task to its end. */
export const addTaskRun = (task: Command, io: Io): void => {
  addCommand<Options>(
    task,
    'run <operation>',
    'plan an operation, show the plan, and file it as a task',
    io,
    async ([operation = ''], options, context) => {
      const targets = targetsOf(options)
      const client = context.client()
      const needsSchema = options.param !== undefined
      const info = needsSchema
        ? await client.get<OperationInfo>(`/operations/${encodeURIComponent(operation)}`)
        : undefined
      const params = paramsFrom(options, info?.params)
      const plan = await client.post<Plan>('/plans', { operation, targets, params, ...rolloutOf(options) })

      if (options.dryRun) return context.answer(plan, () => describePlan(plan))
      if (!context.isJson) io.out(describePlan(plan))
      if (plan.targets.length === 0)
        throw new CliError('Nothing to do: the plan has no targets.', { exitCode: exitCodes.conflict })
      if (options.within !== undefined && options.breakGlass === undefined)
        throw new CliError('--within goes with --break-glass.', { exitCode: exitCodes.usage })
      if (!options.yes) await confirm(plan, options.breakGlass !== undefined, context)

      const filed = await client.post<FiledTask>(
        '/tasks',
        {
          planHash: plan.planHash,
          ...(options.reason === undefined ? {} : { reason: options.reason }),
          ...(options.priority === undefined ? {} : { priority: options.priority }),
          ...(options.at === undefined ? {} : { scheduledFor: options.at }),
          ...(options.breakGlass === undefined
            ? {}
            : { breakGlass: { reason: options.breakGlass, ...(options.within && { minutes: options.within }) } }),
          ...(options.runAfter === undefined ? {} : { runAfter: options.runAfter }),
        },
        // Should the connection break before the answer, sending it again files nothing new.
        { 'idempotency-key': randomUUID() },
      )
      if (!options.wait) return context.answer(filed, () => `Task ${filed.id} is ${words(filed.status)}.`)
      await waitFor(filed.id, context)
    },
  )
    .option('--id <id>', 'a target: an ARN or an AWS id (repeatable)', collect)
    .option('--query <query>', 'targets by query, for example "type:ec2.instance tag.env:dev state:running"')
    .option('--account <id>', 'only in this account; with --region alone: where something is made')
    .option('--region <region>', 'only in this Region')
    .option('--param <name=value>', 'a parameter (repeatable); dots go deeper: tags.env=dev', collect)
    .option('--params <json>', 'all parameters as a JSON object, or @FILE with one')
    .option('--reason <text>', 'why, for approvers and the audit')
    .option('--priority <number>', 'higher is sooner, -100 to 100', wholeNumber(-100, 100))
    .option('--at <time>', 'not before this time (ISO 8601 with an offset)')
    .option('--break-glass <reason>', 'in an emergency: without approvals, delay and freezes; everybody is told')
    .option('--within <minutes>', 'with --break-glass: what has not begun by then expires', wholeNumber(1, 240))
    .option('--waves <waves>', 'default, none, or a list like 1,5%,25%: targets, or shares of all', wavesOption)
    .option('--soak <seconds>', 'between two waves, in seconds of cloud time', wholeNumber(0, 86_400))
    .option('--error-budget <budget>', 'failures that stop the rest when exceeded: 3, 5% or none', budgetOption)
    .addOption(new Option('--on-budget <what>', 'what happens then').choices(['stop', 'undo']))
    .option('--watch-alarm <arn>', 'a CloudWatch alarm that pauses it when it goes off (repeatable)', collect)
    .option('--run-after <id>', 'only after this task succeeded (repeatable)', collect)
    .option('--dry-run', 'show the plan and file nothing')
    .option('-y, --yes', 'do not ask')
    .option('-w, --wait', `wait for the end; exit code ${exitCodes.taskNotSucceeded} unless it succeeds`)
}

/** Follows a task to its end and fails when that isn't success. */
export const waitFor = async (id: string, context: Context): Promise<void> => {
  const { io, isJson } = context
  const task = await followTask(context.client(), id, {
    signal: io.signal,
    onChange: (state) => {
      if (isJson) return
      io.err(progressLine(state))
      if (state.status === 'awaiting_approval')
        io.err(`Approve it in the console, or with \`orchestrator task approve ${id}\`.`)
    },
  })
  context.answer(task, () => `Task ${task.id} ${words(task.status)}.`)
  if (task.status !== 'succeeded') {
    throw new CliError(
      `The task ended as ${words(task.status)}${task.error === undefined ? '' : `: ${task.error.message}`}.`,
      {
        exitCode: exitCodes.taskNotSucceeded,
        code: task.error?.code,
        hint: `\`orchestrator task show ${task.id} --items\` says what happened to each target.`,
      },
    )
  }
}

const rolloutOf = ({ waves, soak, errorBudget, onBudget, watchAlarm }: Options): RolloutRequest => ({
  ...(waves === undefined ? {} : { waves }),
  ...(soak === undefined ? {} : { soakSeconds: soak }),
  ...(errorBudget === undefined ? {} : { errorBudget }),
  ...(onBudget === undefined ? {} : { onBudget }),
  ...(watchAlarm === undefined ? {} : { watchAlarms: watchAlarm }),
})

const targetsOf = ({ id, query, account, region }: Options): Targets => {
  const within = { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) }
  if (id !== undefined && query === undefined) return { ids: id, ...within }
  if (query !== undefined && id === undefined) return { query, ...within }
  // Operations that make something describe it in their parameters; the server refuses it for others.
  if (query === undefined && id === undefined && account !== undefined && region !== undefined)
    return { account, region }
  throw new CliError(
    'Say what to work on: --id ID (repeatable) or --query QUERY; or, to make something, --account ID with --region REGION.',
    { exitCode: exitCodes.usage },
  )
}

const confirm = async (plan: Plan, isBreakGlass: boolean, { io, isJson }: Context): Promise<void> => {
  if (isJson || !io.isInteractive) {
    throw new CliError('Nobody is here to confirm the plan.', {
      exitCode: exitCodes.usage,
      hint: 'Add --yes to file it, or --dry-run to see the plan only.',
    })
  }
  if (isBreakGlass) {
    // The same words that an approver of something irreversible has to type.
    const asked = `${plan.operation} ${plan.targets.length}`
    const typed = await io.ask(`Nobody will approve this. Type "${asked}" to break the glass: `)
    if (typed.trim() !== asked) throw new CliError('Not filed.', { exitCode: exitCodes.failed })
    return
  }
  const answer = await io.ask(
    `File this task for ${plan.targets.length} target${plan.targets.length === 1 ? '' : 's'}? [y/N] `,
  )
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('Not filed.', { exitCode: exitCodes.failed })
}

const shownTargets = 50

/** For example "1, 15, 75, 209, 60 s between them". */
const waveWords = ({ waves, soakSeconds = 0 }: Plan): string =>
  waves === undefined
    ? 'none: all at once'
    : `${waves.map(({ size }) => size).join(', ')}${soakSeconds === 0 ? '' : `, ${soakSeconds} s between them`}`

const budgetWords = ({ errorBudget, onBudget }: Plan): string =>
  errorBudget === undefined
    ? 'none'
    : `${Number.isInteger(errorBudget) ? errorBudget : `${Number((errorBudget * 100).toFixed(4))} %`} may fail, then ${onBudget ?? 'stop'}`

const alarmWords = (alarms: NonNullable<Plan['watchAlarms']>): string =>
  alarms.map(({ name, ringsSince }) => `${name}${ringsSince === null ? '' : ' (rings already)'}`).join(', ')

const describePlan = (plan: Plan): string => {
  const { targets, excluded, expectedSeconds: expected, approvals } = plan
  const parts = [
    facts({
      Operation: plan.operation,
      Risk: plan.risk,
      Undo: words(plan.undo),
      Approvals: approvals.needed === 0 ? `none: ${approvals.reason}` : `${approvals.needed}: ${approvals.reason}`,
      ...(plan.delaySeconds === undefined
        ? {}
        : { Delay: `${Math.ceil(plan.delaySeconds)} s after the last approval` }),
      ...(plan.freeze === undefined
        ? {}
        : { Freeze: `"${plan.freeze.name}" (${plan.freeze.reason}) holds it until ${plan.freeze.until}` }),
      'Cost a month': `${plan.monthlyCostDeltaUsd > 0 ? '+' : ''}${plan.monthlyCostDeltaUsd.toFixed(2)} USD`,
      Expected: `about ${Math.ceil(expected.total)} s (calls ${Math.ceil(expected.calls)} s)`,
      Waves: waveWords(plan),
      'Error budget': budgetWords(plan),
      ...(plan.watchAlarms === undefined ? {} : { Alarms: alarmWords(plan.watchAlarms) }),
      'Plan hash': plan.planHash,
    }),
    table(targets.slice(0, shownTargets), {
      TARGET: (target) => target.id,
      NAME: (target) => target.name,
      CHANGE: (target) => changeOf(target.before, target.after),
      WARNING: (target) => target.warnings?.join(' ') ?? '',
    }),
  ]
  if (targets.length > shownTargets) parts.push(`... and ${targets.length - shownTargets} more`)
  if (excluded.length > 0) {
    parts.push(
      `Left out (${excluded.length}):\n${excluded
        .slice(0, shownTargets)
        .map(({ id, why }) => `  ${printable(id)}: ${printable(why)}`)
        .join('\n')}`,
    )
  }
  return `${parts.join('\n\n')}\n`
}

/** "state: running -> stopped" for each field that changes. */
const changeOf = (before: Record<string, unknown>, after: Record<string, unknown>): string =>
  Object.keys(after)
    .filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
    .map((key) => `${key}: ${text(before[key])} -> ${text(after[key])}`)
    .join(', ')
const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none'))

const progressLine = ({ status, progress }: Task): string => {
  const { total, pending, running, waiting } = progress
  return `${words(status)}: ${total - pending - running - waiting} of ${total} done, ${running} running, ${waiting} waiting, ${progress.failed} failed`
}

export const words = (code: string): string => code.replaceAll('_', ' ')
