import { randomBytes } from 'node:crypto'
import type { Command } from 'commander'
import { eventHubTemplate, eventSourceTemplate } from '#aws/event-templates.ts'
import { inlinePolicyMaxCharacters, memberRoleTemplate } from '#aws/member-role-template.ts'
import { CliError } from '../cli-error.ts'
import { addCommand } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { json } from '../output.ts'

type RoleOptions = {
  trust?: string
  externalId?: string
  roleName: string
  operation?: string[]
  readOnly?: boolean
  costExplorer?: boolean
}

const refuse = (message: string): never => {
  throw new CliError(message, { exitCode: exitCodes.usage })
}

/** `iam-template` and `event-template`: CloudFormation for the accounts. They need no server and no database. */
export const addTemplates = (program: Command, io: Io): void => {
  addCommand<RoleOptions>(
    program,
    'iam-template',
    'print a CloudFormation template of the role in an account, with the least privilege',
    io,
    async (
      _args,
      { trust, externalId, roleName, operation: names, readOnly = false, costExplorer = false },
      context,
    ) => {
      if (readOnly && names !== undefined) refuse('Give --operation or --read-only, not both.')
      if (trust !== undefined && !/^(\d{12}|arn:aws[a-z-]*:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+))$/.test(trust))
        refuse(`--trust takes the id of an account or the ARN of a role or user, not "${trust}".`)
      if (externalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(externalId))
        refuse('--external-id takes 2 to 1,224 letters, digits and any of +=,.@:/-_')
      if (!/^[\w+=,.@-]{1,64}$/.test(roleName)) refuse(`--role-name takes the name of a role, not "${roleName}".`)
      const { createCatalogue } = await import('#tasks/catalogue.ts')
      const { iamPolicy } = await import('#tasks/iam-policy.ts')
      const { costIamActions, inventoryIamActions } = await import('#resources/iam-actions.ts')
      const catalogue = createCatalogue()
      const operations = readOnly ? [] : (names?.map((name) => catalogue.get(name)) ?? catalogue.list())
      const policy = iamPolicy([...inventoryIamActions, ...(costExplorer ? costIamActions : [])], operations)
      if (JSON.stringify(policy).length > inlinePolicyMaxCharacters)
        refuse('The policy is larger than AWS takes for a role. Name the operations that you mean to use: --operation.')
      const template = memberRoleTemplate({
        trusted: trust,
        // Made up here unless given: one that nobody guesses, to be entered with the account.
        externalId: externalId ?? randomBytes(24).toString('base64url'),
        roleName,
        policy,
      })
      context.answer(template, () => json(template))
    },
  )
    .option('--trust <principal>', 'ARN of the role or user that the server runs as, or the id of its account')
    .option('--external-id <id>', 'made up at random unless given')
    .option('--role-name <name>', 'name of the role', 'aws-orchestrator')
    .option('--operation <name...>', 'for these operations and their undos only; all unless given')
    .option('--read-only', 'for the inventory only, without any operation')
    .option('--cost-explorer', 'also for reading costs from Cost Explorer, which AWS charges for')

  addCommand<{ hub?: boolean; organization?: string; bus?: string }>(
    program,
    'event-template',
    'print a CloudFormation template for hearing of changes: of the queue (--hub), or of an account that sends them',
    io,
    async (_args, { hub = false, organization, bus }, context) => {
      if (hub && bus !== undefined) refuse('--bus is for the accounts that send events, not for --hub.')
      if (!hub && organization !== undefined) refuse('--organization goes with --hub.')
      if (organization !== undefined && !/^o-[a-z0-9]{10,32}$/.test(organization))
        refuse(`--organization takes the id of an organization (o-...), not "${organization}".`)
      if (bus !== undefined && !/^arn:aws[a-z-]*:events:[a-z0-9-]+:\d{12}:event-bus\/[\w./-]+$/.test(bus))
        refuse(`--bus takes the ARN of an event bus, not "${bus}".`)
      const template = hub ? eventHubTemplate({ organizationId: organization }) : eventSourceTemplate({ busArn: bus })
      context.answer(template, () => json(template))
    },
  )
    .option('--hub', 'the bus and the queue, once; else the rules of an account and Region')
    .option('--organization <id>', 'with --hub: accounts of this organization may send')
    .option('--bus <arn>', 'the ARN of the bus that --hub made')
}
