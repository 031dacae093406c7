import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type Log = Logger

/** Names under which secrets travel. Their values never reach the log, at any of the depths that our objects have. */
export const secretKeys = [
  'password', 'otp', 'token', 'accessToken', 'refreshToken', 'ticket', 'secret', 'authorization', 'cookie', 'set-cookie',
  'masterKey', 'privateKey', 'secretAccessKey', 'sessionToken', 'externalId', 'connectionString',
]

/** Structured JSON logs, one line an entry, with secrets redacted. Children carry `requestId`, `taskId` and the like. */
export const createLog = (options: { level?: string; role?: string; destination?: DestinationStream } = {}): Log =>
  pino(
    {
      level: options.level ?? 'info',
      base: { pid: process.pid, ...(options.role === undefined ? {} : { role: options.role }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretKeys.flatMap((key) => [`["${key}"]`, `*["${key}"]`, `*.*["${key}"]`]),
        censor: '[redacted]',
      },
    },
    options.destination ?? pino.destination(2),
  )
