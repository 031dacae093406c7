/** A failure that is told to the user as it is, without a stack, and ends the command with that exit code. */
export class CliError extends Error {
  readonly exitCode: number
  /** The server's code of the problem, where there is one. */
  readonly code: string | undefined
  readonly hint: string | undefined

  constructor(
    message: string,
    details: { exitCode: number; code?: string | undefined; hint?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause: details.cause })
    this.name = 'CliError'
    this.exitCode = details.exitCode
    this.code = details.code
    this.hint = details.hint
  }
}
