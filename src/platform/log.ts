import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type Log = Logger

/** Names under which secrets travel. Their values never reach the log, at any of the depths that our objects have. */
export const secretKeys = [
  'password',
  'otp',
  'token',
  'accessToken',
  'refreshToken',
  'ticket',
  'secret',
  'authorization',
  'cookie',
  'set-cookie',
  'masterKey',
  'privateKey',
  'secretAccessKey',
  'sessionToken',
  'externalId',
  'connectionString',
]

/**
 * An error as it is logged: what it says, its code, its stack and its causes. Not its other properties: drivers hang their
 * whole client on an error, with the keys and statements in it.
 */
export const describeError = (error: unknown): unknown => {
  if (!(error instanceof Error)) return error
  const { code } = error as { code?: unknown }
  return {
    type: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  }
}

/** Structured JSON logs, one line an entry, with secrets redacted. Children carry `requestId`, `taskId` and the like. */
export const createLog = (options: { level?: string; role?: string; destination?: DestinationStream } = {}): Log =>
  pino(
    {
      level: options.level ?? 'info',
      base: { pid: process.pid, ...(options.role === undefined ? {} : { role: options.role }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: describeError },
      redact: {
        paths: secretKeys.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]),
        censor: '[redacted]',
      },
    },
    options.destination ?? pino.destination(2),
  )
