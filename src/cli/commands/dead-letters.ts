import type { Command } from 'commander'
import type { DeadLetter } from '#contracts/dead-letter.ts'
import type { List } from '#contracts/list.ts'
import type { FiledTask } from '#contracts/task-request.ts'
import { addCommand, wholeNumber } from '../command.ts'
import type { Io } from '../io.ts'
import { table } from '../output.ts'
import { words } from './task-run.ts'
import { pageLine } from './tasks.ts'

/** `dead-letters list | requeue | dismiss`. */
export const addDeadLetters = (program: Command, io: Io): void => {
  const letters = program.command('dead-letters').description('what failed for a reason of the machinery')

  type Options = {
    status?: string
    cause?: string
    operation?: string
    account?: string
    limit: number
    cursor?: string
  }
  addCommand<Options>(letters, 'list', 'list dead letters, the newest first', io, async (_args, options, context) => {
    const { status, cause, operation, account, limit, cursor } = options
    const list = await context
      .client()
      .get<List<DeadLetter>>('/dead-letters', { status, cause, operation, account, limit: String(limit), cursor })
    context.answer(list, () =>
      [
        table(list.items, {
          ID: (row) => row.id,
          CAUSE: (row) => words(row.cause),
          OPERATION: (row) => row.operation,
          TARGET: (row) => row.target.id,
          STATUS: (row) => row.status,
          FOUND: (row) => row.foundAt,
          ERROR: (row) => row.error.message,
        }),
        pageLine(list),
      ].join('\n'),
    )
  })
    .option('--status <status>', 'open, requeued, dismissed or all', 'open')
    .option('--cause <cause>', 'of this cause')
    .option('--operation <name>', 'of this operation')
    .option('--account <id>', 'in this account')
    .option('--limit <number>', 'rows', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the next page')

  addCommand<{ reason: string; repeatEffect?: boolean }>(
    letters,
    'requeue <id>',
    'file a new task for its target, planned anew',
    io,
    async ([id = ''], options, context) => {
      const filed = await context.client().post<FiledTask>(`/dead-letters/${encodeURIComponent(id)}/requeue`, {
        reason: options.reason,
        repeatEffect: options.repeatEffect === true,
      })
      context.answer(filed, () => `Task ${filed.id} is ${words(filed.status)}.`)
    },
  )
    .requiredOption('--reason <text>', 'why')
    .option('--repeat-effect', 'for outcome_unknown: the effect may take place a second time')

  addCommand<{ reason: string }>(
    letters,
    'dismiss <id>',
    'say that nothing is to be done',
    io,
    async ([id = ''], { reason }, context) => {
      const letter = await context
        .client()
        .post<DeadLetter>(`/dead-letters/${encodeURIComponent(id)}/dismiss`, { reason })
      context.answer(letter, () => `Dead letter ${letter.id} is ${letter.status}.`)
    },
  ).requiredOption('--reason <text>', 'why')
}
