import { Option } from 'commander'
import type { Command } from 'commander'
import { versionKinds } from '#contracts/history.ts'
import type { Changes, History, ResourceChange } from '#contracts/history.ts'
import type { NetChanges, ResourceNet } from '#contracts/net-changes.ts'
import { addCommand, wholeNumber } from '../command.ts'
import type { Context } from '../command.ts'
import type { Io } from '../io.ts'
import { printable, table } from '../output.ts'
import { timeOption } from '../times.ts'
import { pageLine } from './tasks.ts'

type Period = { from?: string; to?: string; net?: true }
type Page = { limit: number; cursor?: string }
type ChangesOptions = Period & Page & { type?: string; account?: string; region?: string; kind?: string }

/** Of a long value so much is shown; `--json` has more. */
const longestShown = 80

/** `resources changes` and `resources history`. */
export const addChanges = (resources: Command, io: Io): void => {
  const changes = addCommand<ChangesOptions>(
    resources,
    'changes [query]',
    'what changed between two times, or with --net what is different now',
    io,
    async ([q], { net, ...options }, context) => {
      const query = { q, ...options, limit: String(options.limit), json: undefined }
      if (net !== true) return tellChanges(context, query)
      // A cursor keeps the times of its first page; a time like "7d" means another one by now.
      const times = options.cursor === undefined ? {} : { from: undefined, to: undefined }
      const found = await context.client().get<NetChanges>('/resources/changes/net', { ...query, ...times })
      context.answer(found, () => textOfNet(found))
    },
  )
  withPage(withPeriod(changes))
    .option('--net', 'only what is different in the end: what changed back is left out')
    .addOption(new Option('--kind <kind>', 'only what became of it like this').choices(versionKinds))
    .option('--type <type>', 'for example ec2.instance')
    .option('--account <id>', 'in this account')
    .option('--region <region>', 'in this Region')

  const history = addCommand<Period & Page>(
    resources,
    'history <id>',
    'what became of one resource, by its ARN',
    io,
    async ([id = ''], { from, to, net, limit, cursor }, context) => {
      const path = `/resources/${encodeURIComponent(id)}/history`
      if (net === true) {
        const found = await context.client().get<ResourceNet>(`${path}/net`, { from, to })
        context.answer(found, () => textOfResource(found))
        return
      }
      const found = await context.client().get<History>(path, { from, to, cursor, limit: String(limit) })
      context.answer(found, () => textOfHistory(found))
    },
  )
  withPage(withPeriod(history)).option('--net', 'only what is different between the two times')
}

const withPeriod = (command: Command): Command => {
  const time = timeOption(Date.now)
  return command
    .option('--from <time>', 'since then: 2026-11-27T09:00:00Z, or 7d (ago)', time)
    .option('--to <time>', 'until then', time)
}
const withPage = (command: Command): Command =>
  command.option('--limit <number>', 'rows', wholeNumber(1, 500), 50).option('--cursor <cursor>', 'the next page')

const tellChanges = async (context: Context, query: Record<string, string | undefined>): Promise<void> => {
  const found = await context.client().get<Changes>('/resources/changes', query)
  context.answer(found, () =>
    [
      ...found.items.flatMap(({ at, kind, resource, changes, tasks }) => [
        `${at}  ${kind}  ${titleOf(resource)}${tasks.map(({ id, operation }) => `  (task ${id}${operation === null ? '' : `, ${operation}`})`).join('')}`,
        ...changes.map(lineOf),
      ]),
      pageLine(found),
    ].join('\n'),
  )
}

const textOfNet = (found: NetChanges): string => {
  const { from, to, byKind } = found
  return [
    `Different at ${to} from ${from}:`,
    ...found.items.flatMap(({ kind, resource, changes }) => [`${kind}  ${titleOf(resource)}`, ...changes.map(lineOf)]),
    '',
    table(Object.entries(byKind), {
      KIND: ([kind]) => kind,
      RESOURCES: ([, { value, relation }]) => `${value}${relation === 'gte' ? ' or more' : ''}`,
    }),
    pageLine(found),
  ].join('\n')
}

const textOfResource = ({ resource, kind, changes, from, to, versions, knownSince }: ResourceNet): string =>
  [
    `${titleOf(resource)}`,
    `${kind} between ${from} and ${to}, in ${versions} step${versions === 1 ? '' : 's'}`,
    ...(knownSince === null ? [] : [`First seen at ${knownSince}: compared with how it was then.`]),
    ...changes.map(lineOf),
  ].join('\n')

const textOfHistory = (found: History): string =>
  [
    ...found.items.flatMap(({ at, kind, changes, by }) => [
      `${at}  ${kind}${by.map((author) => `  (${author.kind === 'task' ? `task ${author.task}` : printable(`${author.event} by ${author.actor}`)})`).join('')}`,
      ...changes.map(lineOf),
    ]),
    pageLine(found),
  ].join('\n')

const titleOf = ({ type, name, id }: { type: string; name: string | null; id: string }): string =>
  [type, name, id].map(printable).join('  ')

/** `/tags/env: "dev" -> "prod"`; a list that grew or shrank tells what left and joined it. */
const lineOf = ({ path, index, before, after }: ResourceChange): string =>
  `    ${printable(path)}${index === undefined ? '' : ` from ${index} on`}: ${shown(before)} -> ${shown(after)}`

const shown = (value: unknown): string => {
  if (value === undefined) return '(none)'
  const text = JSON.stringify(value)
  return printable(text.length <= longestShown ? text : `${text.slice(0, longestShown).toWellFormed()}…`)
}
