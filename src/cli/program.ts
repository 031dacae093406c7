import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { AppError, messageOf } from '#platform/app-error.ts'
import { CliError } from './cli-error.ts'
import { addDeadLetters } from './commands/dead-letters.ts'
import { addDoctor } from './commands/doctor.ts'
import { addIamPolicy } from './commands/iam-policy.ts'
import { addOnOffPlans } from './commands/on-off.ts'
import { addReading } from './commands/reading.ts'
import { addResources } from './commands/resources.ts'
import { addSandbox } from './commands/sandbox.ts'
import { addSchedules } from './commands/schedules.ts'
import { addServer } from './commands/server.ts'
import { addStart } from './commands/start.ts'
import { addTemplates } from './commands/templates.ts'
import { addTasks } from './commands/tasks.ts'
import { exitCodeOfStatus, exitCodes } from './exit-codes.ts'
import type { Io } from './io.ts'
import { json } from './output.ts'

/** As package.json says. */
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

const intro =
  'Operations console and task engine for AWS.\nClient commands talk to the server at ORCHESTRATOR_URL with the API token in ORCHESTRATOR_TOKEN.'

/** Runs one command line and returns its exit code. Failures are told in a sentence or two, never as a stack. */
export const runCli = async (args: readonly string[], io: Io): Promise<number> => {
  const program = new Command('orchestrator')
    .description(intro)
    .version(version, '--version', 'print the version')
    // `resources` and `resources export` have options of the same names: what stands after a command's name is its own.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
    .showHelpAfterError('(orchestrator --help, or --help after a command, says more)')
  addStart(program, io)
  addServer(program, io)
  addDoctor(program, io)
  addIamPolicy(program, io)
  addTemplates(program, io)
  addTasks(program, io)
  addSchedules(program, io)
  addOnOffPlans(program, io)
  addDeadLetters(program, io)
  addReading(program, io)
  addResources(program, io)
  addSandbox(program, io)
  inherit(program)
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCodes.ok
  } catch (error) {
    return tell(error, args.includes('--json'), io)
  }
}

/** commander copies these settings to subcommands only when they are made with the parent's `command` after them. */
const inherit = (program: Command): void => {
  for (const command of program.commands) {
    command.copyInheritedSettings(program)
    inherit(command)
  }
}

const tell = (error: unknown, isJson: boolean, io: Io): number => {
  if (error instanceof CommanderError) {
    // Help and the usage message were written already; asking for help is no mistake.
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
  }
  if (io.signal.aborted) return interrupted
  const { message, code, hint, exitCode } = describe(error)
  if (isJson) io.err(json({ error: { message, code: code ?? null, hint: hint ?? null, exitCode } }))
  else {
    io.err(`${message}${code === undefined ? '' : ` (${code})`}`)
    if (hint !== undefined) io.err(hint)
  }
  return exitCode
}

/** As shells report a process that Ctrl-C ended: 128 + SIGINT. */
const interrupted = 130

const describe = (
  error: unknown,
): { message: string; code?: string | undefined; hint?: string | undefined; exitCode: number } => {
  if (error instanceof CliError) return error
  // The server's own errors, of commands that work on it directly.
  if (error instanceof AppError)
    return { message: error.message, code: error.code, exitCode: exitCodeOfStatus(error.status) }
  return { message: messageOf(error), exitCode: exitCodes.failed }
}
