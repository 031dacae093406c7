import type { Command } from 'commander'
import type { Started } from '#main.ts'
import { addCommand } from '../command.ts'
import type { Io } from '../io.ts'
import { facts } from '../output.ts'

/** `start`: runs the server until it is told to stop. */
export const addStart = (program: Command, io: Io): void => {
  addCommand<{ role?: string; port?: string }>(
    program,
    'start',
    'start the server',
    io,
    async (_args, options, context) => {
      const env: Io['env'] = {
        ...io.env,
        ...(options.role === undefined ? {} : { ORCHESTRATOR_ROLE: options.role }),
        ...(options.port === undefined ? {} : { ORCHESTRATOR_PORT: options.port }),
      }
      // In a terminal the few lines below say what matters; elsewhere the log does.
      if (io.isInteractive) env['ORCHESTRATOR_LOG_LEVEL'] ??= 'warn'
      // Loaded only here: the server's code takes a second that the other commands need not wait.
      const { start } = await import('#main.ts')
      const { url, firstPassword, newAdministrator, config, stop } = await start(env)
      const { role } = config
      context.answer({ url, roles: role, firstPassword }, () => greeting({ url, firstPassword, newAdministrator }))
      await aborted(io.signal)
      await stop()
    },
  )
    .option(
      '--role <roles>',
      'what this process does (ORCHESTRATOR_ROLE): all, or some of gateway, tasks, worker, resources, ai, monitoring, sandbox',
    )
    .option('--port <port>', 'port of the API and the console (ORCHESTRATOR_PORT)')
}

/** What a person reads in the terminal: where it is, and how to get in for the first time. */
export const greeting = (started: Pick<Started, 'url' | 'firstPassword' | 'newAdministrator'>): string => {
  const { url, firstPassword, newAdministrator } = started
  const signIn =
    firstPassword === null
      ? newAdministrator !== null && {
          '  Sign in as': newAdministrator,
          '  Password': 'as set in ORCHESTRATOR_ADMIN_PASSWORD',
        }
      : {
          '  Sign in as': firstPassword.email,
          '  Password': firstPassword.password,
          '  Kept in': `${firstPassword.file} until the first sign-in`,
        }
  return [`\nAWS Orchestrator is ready: ${url}\n`, ...(signIn ? [facts(signIn), ''] : []), 'Stop it with Ctrl-C.'].join(
    '\n',
  )
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
