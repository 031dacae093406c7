import { lookup as lookUp } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { refusalOfAddress, refusalOfUrl } from './address.ts'

/** More of an answer than that isn't read: only its status counts. */
const maxAnswerBytes = 64 * 1024
const maxHeaderBytes = 16 * 1024

export type Answer = { status: number | null; error: string | null }
export type PostOptions = { isPrivateAllowed: boolean; timeoutMs: number }

/**
 * Posts a body once and tells what came of it; never throws. Redirects are not followed, and every address that the name
 * stands for is checked at the moment of connecting, so that a name can't be pointed elsewhere after the check.
 */
export const post = (
  url: string,
  headers: Record<string, string>,
  body: string,
  options: PostOptions,
): Promise<Answer> => {
  const refusal = refusalOfUrl(url, options.isPrivateAllowed)
  if (refusal !== null) return Promise.resolve({ status: null, error: refusal })
  return new Promise((resolve) => {
    const fail = (error: Error): void => resolve({ status: null, error: textOf(error, options.timeoutMs) })
    const send = new URL(url).protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(url, {
      method: 'POST',
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      lookup: guardedLookup(options.isPrivateAllowed),
      // A connection of its own: one that was made under another check is not used again.
      agent: false,
      maxHeaderSize: maxHeaderBytes,
      signal: AbortSignal.timeout(options.timeoutMs),
    })
    request.on('error', fail)
    request.on('response', (response) => {
      const status = response.statusCode ?? 0
      const done = (): void => resolve({ status, error: isSuccess(status) ? null : `The receiver answered ${status}.` })
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
        if (bytes > maxAnswerBytes) {
          done()
          request.destroy()
        }
      })
      response.on('end', done)
      response.on('error', fail)
    })
    request.end(body)
  })
}

export const isSuccess = (status: number): boolean => status >= 200 && status < 300

const guardedLookup =
  (isPrivateAllowed: boolean): LookupFunction =>
  (hostname, options, callback) => {
    lookUp(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0)
      // One bad address is enough: which of them would be taken is the network's choice.
      const refusal = addresses
        .map(({ address }) => refusalOfAddress(address, isPrivateAllowed))
        .find((why) => why !== null)
      const [first] = addresses
      if (refusal !== undefined || first === undefined)
        return callback(new Error(refusal ?? 'The name has no address.'), '', 0)
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }

const textOf = (error: Error, timeoutMs: number): string => {
  if (error.name === 'TimeoutError' || error.name === 'AbortError')
    return `There was no answer within ${timeoutMs / 1000} s.`
  return error.message.slice(0, 300)
}
