import type { Command } from 'commander'
import type { Verification } from '#contracts/audit.ts'
import type { List } from '#contracts/list.ts'
import type { OperationInfo } from '#contracts/operation.ts'
import type { Freshness, Resource } from '#contracts/resource.ts'
import { CliError } from '../cli-error.ts'
import { addCommand, wholeNumber } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { facts, table } from '../output.ts'
import { pageLine } from './tasks.ts'

/** `operations`, `resources` and `audit verify`. */
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

  type Options = { type?: string; account?: string; region?: string; sort?: string; limit: number; cursor?: string }
  addCommand<Options>(program, 'resources [query]', 'search the inventory', io, async ([q], options, context) => {
    const { type, account, region, sort, cursor } = options
    const list = await context.client().get<List<Resource> & { freshness: Freshness }>('/resources', {
      q,
      type,
      account,
      region,
      sort,
      cursor,
      limit: String(options.limit),
    })
    context.answer(list, () =>
      [
        table(list.items, {
          TYPE: (resource) => resource.type,
          NAME: (resource) => resource.name,
          STATE: (resource) => resource.state,
          ACCOUNT: (resource) => resource.account,
          REGION: (resource) => resource.region,
          ID: (resource) => resource.id,
        }),
        `${pageLine(list)}; from the ${list.freshness.source}, ${list.freshness.status}${list.freshness.ageSeconds === null ? '' : `, ${Math.round(list.freshness.ageSeconds)} s old`}`,
        ...list.freshness.partial.map(
          (part) => `Not complete: ${part.account} ${part.region} ${part.service}: ${part.why}`,
        ),
      ].join('\n'),
    )
  })
    .option('--type <type>', 'for example ec2.instance')
    .option('--account <id>', 'in this account')
    .option('--region <region>', 'in this Region')
    .option('--sort <field>', 'field to sort by, with - in front for descending')
    .option('--limit <number>', 'rows', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the next page')

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
