import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Option } from 'commander'
import type { Command } from 'commander'
import { messageOf } from '#platform/app-error.ts'
import type { List } from '#contracts/list.ts'
import type { Facets } from '#contracts/query.ts'
import type { Freshness, Resource } from '#contracts/resource.ts'
import { exportFormats } from '#contracts/resource-export.ts'
import { CliError } from '../cli-error.ts'
import { addCommand, wholeNumber } from '../command.ts'
import type { Context } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { table } from '../output.ts'
import { addChanges } from './changes.ts'
import { pageLine } from './tasks.ts'

type Page = List<Resource> & { freshness: Freshness }
type Filter = { type?: string; account?: string; region?: string }
type Options = Filter & { sort?: string; limit: number; cursor?: string; all?: true; facets?: string }
type ExportOptions = Filter & { format: string; columns?: string; output?: string }

/** What `--all` keeps in memory; an export doesn't. */
const mostOfAll = 100_000

/** `resources`, `resources export`, and what became of resources. */
export const addResources = (program: Command, io: Io): void => {
  const resources = addCommand<Options>(
    program,
    'resources [query]',
    'search the inventory',
    io,
    async ([q], options, context) => {
      const filter = { q, type: options.type, account: options.account, region: options.region }
      if (options.facets !== undefined) return tellFacets(context, { ...filter, by: options.facets })
      const query = { ...filter, sort: options.sort, limit: String(options.all ? 500 : options.limit) }
      const list = options.all
        ? await readAll(context, { ...query, cursor: options.cursor })
        : await context.client().get<Page>('/resources', { ...query, cursor: options.cursor })
      context.answer(list, () => textOf(list))
    },
  )
  withFilter(resources)
    .option('--sort <field>', 'field to sort by, with - in front for descending')
    .option('--limit <number>', 'rows', wholeNumber(1, 500), 50)
    .option('--cursor <cursor>', 'the next page')
    .option('--all', 'every page')
    .option(
      '--facets <fields>',
      'counts instead of rows: type, account, region, state, tag.<key>, ... with commas between',
    )

  const exporting = addCommand<ExportOptions>(
    resources,
    'export [query]',
    'write everything that matches, to the standard output or a file',
    io,
    async ([q], { output, ...options }, context) => {
      const lines = context.client().lines('/resources/export', { q, ...options, json: undefined })
      if (output === undefined) {
        for await (const line of lines) io.out(line)
        return
      }
      try {
        await pipeline(Readable.from(withEnds(lines)), createWriteStream(output, { flags: 'wx' }))
      } catch (error) {
        if (error instanceof CliError || !(error instanceof Error && 'code' in error)) throw error
        throw new CliError(`${output} cannot be written: ${messageOf(error)}.`, {
          exitCode: exitCodes.failed,
          hint: 'Files that are there already are not overwritten.',
          cause: error,
        })
      }
      context.answer({ file: output }, () => `Written to ${output}`)
    },
  )
  withFilter(exporting)
    .addOption(new Option('--format <format>', 'form of the file').choices(exportFormats).default('csv'))
    .option('--columns <names>', 'columns with commas between them, tags as tag.<key>')
    .option('--output <file>', 'a new file')
  addChanges(resources, io)
}

const withFilter = (command: Command): Command =>
  command
    .option('--type <type>', 'for example ec2.instance')
    .option('--account <id>', 'in this account')
    .option('--region <region>', 'in this Region')

const readAll = async (context: Context, query: Record<string, string | undefined>): Promise<Page> => {
  let page = await context.client().get<Page>('/resources', query)
  const items = [...page.items]
  while (page.nextCursor !== null) {
    if (items.length >= mostOfAll) {
      throw new CliError(`More than ${mostOfAll} resources match.`, {
        exitCode: exitCodes.failed,
        hint: 'Narrow the query, or use `orchestrator resources export`, which has no limit.',
      })
    }
    page = await context.client().get<Page>('/resources', { ...query, cursor: page.nextCursor })
    items.push(...page.items)
  }
  return { ...page, items, total: { value: items.length, relation: 'eq' } }
}

const tellFacets = async (context: Context, query: Record<string, string | undefined>): Promise<void> => {
  const counted = await context.client().get<Facets>('/resources/facets', query)
  const rows = counted.facets.flatMap(({ by, values, isApproximate }) =>
    values.map(({ value, count }) => ({ by, value, count: `${isApproximate ? '~' : ''}${count}` })),
  )
  context.answer(counted, () =>
    [
      table(rows, {
        BY: ({ by }) => by,
        VALUE: ({ value }) => value ?? '(none)',
        COUNT: ({ count }) => count,
      }),
      ...counted.facets.flatMap(({ by, others }) => (others === 0 ? [] : [`${others} more values of ${by}`])),
      ...(counted.ageSeconds >= 1 ? [`Counted ${Math.round(counted.ageSeconds)} s ago`] : []),
      ...(counted.isApproximate
        ? ['More than 10,000 resources match: counts with ~ are estimated from a sample.']
        : []),
    ].join('\n'),
  )
}

const textOf = (list: Page): string => {
  const { source, status, ageSeconds, partial } = list.freshness
  return [
    table(list.items, {
      TYPE: (resource) => resource.type,
      NAME: (resource) => resource.name,
      STATE: (resource) => resource.state,
      ACCOUNT: (resource) => resource.account,
      REGION: (resource) => resource.region,
      ID: (resource) => resource.id,
    }),
    `${pageLine(list)}; from the ${source}, ${status}${ageSeconds === null ? '' : `, ${Math.round(ageSeconds)} s old`}`,
    ...partial.map((part) => `Not complete: ${part.account} ${part.region} ${part.service}: ${part.why}`),
  ].join('\n')
}

async function* withEnds(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) yield `${line}\n`
}
