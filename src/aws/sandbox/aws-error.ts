import { randomUUID } from 'node:crypto'

/** An error as the SDK makes it of AWS's answer: its retries look at `name`, `$fault` and the status. */
export type AwsShapedError = Error & {
  $fault: 'client' | 'server'
  $metadata: { httpStatusCode: number; requestId: string }
}

/** @param status EC2 answers 400 to what is wrong with a call, 403 to what isn't allowed, 5xx to what isn't the caller's fault. */
export const awsError = (code: string, message: string, status = 400): AwsShapedError =>
  Object.assign(new Error(message), {
    name: code,
    $fault: status >= 500 ? ('server' as const) : ('client' as const),
    $metadata: { httpStatusCode: status, requestId: randomUUID() },
  })

/** A connection that failed, as Node's network layer says it. */
export const networkError = (code: 'ECONNREFUSED' | 'ECONNRESET', message: string): Error =>
  Object.assign(new Error(message), { code })
