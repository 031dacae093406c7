import type { Command } from 'commander'
import type { Verification } from '#contracts/audit.ts'
import type { List } from '#contracts/list.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import { CliError } from '../cli-error.ts'
import { addCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { facts, table } from '../output.ts'

/** `operations` and `audit verify`. */
export const addReading = (program: Command, io: Io): void => {
  addCommand(program, 'operations', 'list what can be done', io, async (_args, _options, context) => {
    const list = await context.client().get<List<OperationInfo>>('/operations', { limit: '500' })
    context.answer(list, () =>
      table(list.items, {
        NAME: (operation) => operation.name,
        RISK: (operation) => operation.risk,
        UNDO: (operation) => operation.undo.label,
        TARGETS: (operation) => operation.targetType,
        TITLE: (operation) => operation.title,
      }),
    )
  })

  const audit = program.command('audit').description('the audit log')
  addCommand(
    audit,
    'verify',
    `recompute the audit chain; exit code ${exitCodes.checkFailed} when it is broken`,
    io,
    async (_args, _options, context) => {
      const result = await context.client().get<Verification>('/audit/verify')
      context.answer(result, () =>
        facts({
          Chain: result.ok ? 'unbroken' : 'BROKEN',
          Checked: result.checked,
          Seals: result.seals,
          'Not sealed yet': result.unsealed.count,
          Head: result.head.hash,
        }),
      )
      if (!result.ok)
        throw new CliError(`The audit chain is broken: ${result.firstBroken?.message ?? 'no details'}`, {
          exitCode: exitCodes.checkFailed,
        })
    },
  )
}
