import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { addCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { json } from '../output.ts'

type Options = { operation?: string[]; readOnly?: boolean; costExplorer?: boolean }

/** `iam-policy`: what the role in an account has to be allowed. Needs no server and no database. */
export const addIamPolicy = (program: Command, io: Io): void => {
  addCommand<Options>(
    program,
    'iam-policy',
    'print the least-privilege IAM policy for the role in an account',
    io,
    async (_args, { operation: names, readOnly = false, costExplorer = false }, context) => {
      if (readOnly && names !== undefined)
        throw new CliError('Give --operation or --read-only, not both.', { exitCode: exitCodes.usage })
      const { createCatalogue } = await import('#tasks/catalogue.ts')
      const { iamPolicy } = await import('#tasks/iam-policy.ts')
      const { costIamActions, inventoryIamActions } = await import('#resources/iam-actions.ts')
      const catalogue = createCatalogue()
      const operations = readOnly ? [] : (names?.map((name) => catalogue.get(name)) ?? catalogue.list())
      const policy = iamPolicy([...inventoryIamActions, ...(costExplorer ? costIamActions : [])], operations)
      context.answer(policy, () => json(policy))
    },
  )
    .option('--operation <name...>', 'for these operations and their undos only; all unless given')
    .option('--read-only', 'for the inventory only, without any operation')
    .option('--cost-explorer', 'also for reading costs from Cost Explorer, which AWS charges for')
}
