import type { Socket } from 'node:net'
import type { AppError } from '../app-error.ts'
import { errors } from '../errors.ts'
import { uuidv7 } from '../ids.ts'
import { problemOf } from './problem.ts'

/** Answers what Node's HTTP parser refused: there is no request yet, so the answer is written to the socket by hand. */
export const answerBrokenRequest = (error: Error & { code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const requestId = uuidv7()
  const known = knownOf(error.code)
  const body = JSON.stringify(problemOf(known, '', requestId))
  socket.end(
    [
      `HTTP/1.1 ${known.status} ${known.title}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      `x-request-id: ${requestId}`,
      'connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

const knownOf = (code: string | undefined): AppError => {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return errors.headers_too_large('The request line and headers are larger than 16 KiB together.')
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return errors.request_timeout('The request did not arrive in time.')
    default:
      return errors.invalid_request('This is not a well-formed HTTP request.')
  }
}
