import { AppError } from '../app-error.ts'
import { isConnectionLost } from '../db/database.ts'
import { errors } from '../errors.ts'
import { fieldErrorsOf, summaryOf } from './field-errors.ts'
import type { ValidationIssue } from './field-errors.ts'
import type { FastifyRequest } from 'fastify'

type Thrown = { code?: unknown; statusCode?: unknown; validation?: ValidationIssue[]; validationContext?: string }

/** PostgreSQL's codes for a value that a column can't take: of the caller's doing, though a schema should have said so. */
const unstorable = new Set(['22P02', '22021', '22P05', '22003', '22007', '22008'])

/**
 * What a client is told about anything that was thrown. Our own errors pass as they are, those of the framework and of
 * the database are translated, and everything else is `internal` without details (the details go to the log).
 */
export const toAppError = (error: unknown, request: Pick<FastifyRequest, 'body' | 'query' | 'params'>): AppError => {
  if (error instanceof AppError) return error
  if (isConnectionLost(error)) {
    return errors.unavailable('The database cannot be reached right now. Try again in a moment.', {
      cause: error,
      retryAfterSeconds: 2,
    })
  }
  const thrown: Thrown = typeof error === 'object' && error !== null ? error : {}
  if (Array.isArray(thrown.validation)) {
    const found = fieldErrorsOf(thrown.validation, thrown.validationContext, inputOf(thrown.validationContext, request))
    return errors.invalid_request(summaryOf(found), { errors: found })
  }
  return (
    fromFramework(thrown, error) ??
    errors.internal('The server could not answer. The log has the details under the request id.', { cause: error })
  )
}

const inputOf = (context: string | undefined, request: Pick<FastifyRequest, 'body' | 'query' | 'params'>): unknown => {
  switch (context) {
    case 'body':
      return request.body
    case 'querystring':
      return request.query
    case 'params':
      return request.params
    default:
      return undefined
  }
}

const fromFramework = (thrown: Thrown, cause: unknown): AppError | undefined => {
  switch (thrown.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return errors.too_large('The body is larger than this route takes. Send less at once.', { cause })
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return errors.unsupported_media_type('Send the body as "Content-Type: application/json".', { cause })
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return errors.too_large('A part of the path is longer than 2,048 characters.', { cause })
    case 'FST_ERR_BAD_URL':
      return errors.invalid_request('The path is not valid percent-encoded UTF-8.', { cause })
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
      return errors.invalid_request('The body is not as long as its Content-Length says.', { cause })
  }
  if (typeof thrown.code === 'string' && unstorable.has(thrown.code)) {
    return errors.invalid_request('The request holds a value that cannot be stored or compared.', { cause })
  }
  switch (thrown.statusCode) {
    case 400:
    case 406:
    case 416:
      return errors.invalid_request('The request is malformed.', { cause })
    case 403: // of the static file server: a path that leaves its folder
    case 404:
      return errors.not_found('There is nothing at this address.', { cause })
    case 413:
      return errors.too_large('The request is too large.', { cause })
    default:
      return undefined
  }
}
