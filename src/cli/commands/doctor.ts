import { access, constants, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Command } from 'commander'
import type { AccountTest, AccountView } from '#contracts/account.ts'
import type { List } from '#contracts/list.ts'
import { messageOf } from '#platform/app-error.ts'
import { readConfig } from '#platform/config/read-config.ts'
import type { Config } from '#platform/config/settings.ts'
import { readMigrations } from '#platform/db/migrate.ts'
import { CliError } from '../cli-error.ts'
import { addCommand } from '../command.ts'
import type { Context } from '../command.ts'
import { exitCodes } from '../exit-codes.ts'
import type { Io } from '../io.ts'
import { table } from '../output.ts'
import { withStore } from '../server-store.ts'

type Check = { name: string; result: 'ok' | 'failed' | 'skipped'; details: string }

const oldestNode = 26

/** `doctor`: looks at everything that the server needs and says what is wrong and what to do. */
export const addDoctor = (program: Command, io: Io): void => {
  addCommand(
    program,
    'doctor',
    `check the installation; exit code ${exitCodes.checkFailed} when something is wrong`,
    io,
    async (_args, _options, context) => {
      const checks: Check[] = [await check('Node', async () => nodeVersion())]
      let config: Config | undefined
      checks.push(await check('Configuration', async () => ((config = readConfig(io.env)), 'valid')))
      if (config !== undefined) {
        const { dataDir, databaseUrl, url, token } = config
        checks.push(await check('Data directory', () => directoryState(resolve(dataDir))))
        const server = await check('Server', () => serverState(url, io.signal))
        checks.push(server)
        checks.push(
          // The embedded database is the running server's alone; its health is what /readyz says.
          databaseUrl === undefined && server.result === 'ok'
            ? { name: 'Database', result: 'ok', details: 'embedded, checked by the running server' }
            : await check('Database', () => databaseState(io)),
        )
        if (server.result !== 'ok') checks.push(skipped('AWS accounts', 'the server does not answer'))
        else if (token === undefined) checks.push(skipped('AWS accounts', 'set ORCHESTRATOR_TOKEN to have them tested'))
        else checks.push(...(await accountChecks(context)))
      }
      context.answer({ checks }, () =>
        table(checks, { CHECK: (row) => row.name, RESULT: (row) => row.result, DETAILS: (row) => row.details }),
      )
      const failed = checks.filter(({ result }) => result === 'failed')
      if (failed.length > 0)
        throw new CliError(`${failed.length} of ${checks.length} checks failed.`, { exitCode: exitCodes.checkFailed })
    },
  )
}

const skipped = (name: string, details: string): Check => ({ name, result: 'skipped', details })

const check = async (name: string, look: () => Promise<string>): Promise<Check> => {
  try {
    return { name, result: 'ok', details: await look() }
  } catch (error) {
    return { name, result: 'failed', details: messageOf(error) }
  }
}

const nodeVersion = (): string => {
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return process.version
  throw new Error(
    `${process.version}; the server needs Node ${oldestNode} or later. Start it with \`npm start\`, which brings its own.`,
  )
}

/** The directory, or the nearest one above it that exists, must be writable. */
const directoryState = async (dataDir: string): Promise<string> => {
  const exists = await stat(dataDir).then(
    (found) => found.isDirectory(),
    () => undefined,
  )
  if (exists === false) throw new Error(`${dataDir} is not a directory.`)
  const parent = dirname(dataDir)
  if (exists === undefined && parent !== dataDir) return directoryState(parent).then(() => `${dataDir} will be made`)
  await access(dataDir, constants.W_OK).catch((cause: unknown) => {
    throw new Error(`${dataDir} is not writable for this user. Change its owner or set ORCHESTRATOR_DATA_DIR.`, {
      cause,
    })
  })
  return dataDir
}

const serverState = async (url: string, signal: AbortSignal): Promise<string> => {
  const readyz = await fetch(new URL('/readyz', url), {
    signal: AbortSignal.any([signal, AbortSignal.timeout(5_000)]),
  }).catch((cause: unknown) => {
    throw new Error(`nothing answers at ${url}. Start it with \`orchestrator start\`, or set ORCHESTRATOR_URL.`, {
      cause,
    })
  })
  if (!readyz.ok) throw new Error(`${url} answers ${readyz.status} to /readyz: ${await readyz.text()}`)
  return `${url} is ready`
}

const databaseState = (io: Io): Promise<string> =>
  withStore(io.env, async ({ db }) => {
    const [server] = await db
      .query<{ version: string }>({ text: 'show server_version_num' })
      .then((rows) => rows.map((row) => ({ version: String(Object.values(row)[0]) })))
    const [exists] = await db.query<{ is: boolean }>({ text: `select to_regclass('migrations') is not null as is` })
    const applied = exists?.is ? await db.query<{ number: number }>({ text: 'select number from migrations' }) : []
    const known = new Set(applied.map(({ number }) => number))
    const missing = (await readMigrations()).filter(({ number }) => !known.has(number))
    const major = Math.floor(Number(server?.version) / 10_000)
    if (major < 18) throw new Error(`PostgreSQL ${major} is too old: 18 or later is needed.`)
    if (missing.length > 0)
      throw new Error(
        `${missing.length} migrations are not applied yet. Run \`orchestrator migrate\` or start the server.`,
      )
    return `PostgreSQL ${major}, ${applied.length} migrations applied`
  })

/**
 * What of an account could not be read the last time it was tried, and what to do: for a permission that is missing, which one
 * and where; the same one in several Regions is said once.
 */
export const readChecks = ({ id, sync, costExplorer }: AccountView): Check[] => {
  const troubles = sync.flatMap(({ region, service, types }) =>
    types.flatMap(({ type, error }) => (error === null ? [] : [{ region, service, type, ...error }])),
  )
  const causes = Map.groupBy(troubles, ({ service, missingActions, message }) =>
    JSON.stringify([service, missingActions.length > 0 ? missingActions : message]),
  )
  const costs = costExplorer?.error ?? null
  const ofCosts: Check[] =
    costs === null ? [] : [{ name: `Account ${id}, costs from Cost Explorer`, result: 'failed', details: costs }]
  const ofTypes = [...causes.values()].map((those): Check => {
    // A group has at least the one that made it.
    const { service, missingActions, message } = those[0]!
    const regions = [...new Set(those.map(({ region }) => region))].join(', ')
    const types = [...new Set(those.map(({ type }) => type))].join(', ')
    const details =
      missingActions.length === 0
        ? `${types}: ${message}`
        : `${types}: the role lacks ${missingActions.length > 1 ? 'one of ' : ''}${missingActions.join(', ')}. ` +
          'Deploy `orchestrator iam-template` anew, or allow it.'
    return { name: `Account ${id}, ${service} in ${regions}`, result: 'failed', details }
  })
  return [...ofTypes, ...ofCosts]
}

const accountChecks = async (context: Context): Promise<Check[]> => {
  const client = context.client()
  try {
    const { items } = await client.get<List<AccountView>>('/accounts', { limit: '500' })
    const checks = items.map(async (account): Promise<Check[]> => {
      const { id, name, cloud } = account
      const credentials = await check(`Account ${id} (${name}, ${cloud})`, async () => {
        const { ok, identity, problem } = await client.post<AccountTest>(`/accounts/${id}/test`)
        if (!ok) throw new Error(problem ?? 'does not answer')
        return identity?.arn ?? 'answers'
      })
      // Where the credentials are bad nothing can be read, and that is said once.
      return credentials.result === 'ok' ? [credentials, ...readChecks(account)] : [credentials]
    })
    return (await Promise.all(checks)).flat()
  } catch (error) {
    return [{ name: 'AWS accounts', result: 'failed', details: messageOf(error) }]
  }
}
