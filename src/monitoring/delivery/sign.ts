import { createHmac, randomBytes } from 'node:crypto'

const prefix = 'whsec_'

/** A new signing secret: 256 bits, in the form that the libraries of Standard Webhooks take. */
export const newSecret = (): string => prefix + randomBytes(32).toString('base64')

/**
 * Headers that prove where a webhook comes from and when it was sent, by Standard Webhooks
 * (https://www.standardwebhooks.com): HMAC-SHA256 over "<id>.<timestamp>.<body>" with the secret's bytes.
 */
export const signatureHeaders = (secret: string, id: string, at: Date, body: string): Record<string, string> => {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const key = Buffer.from(secret.startsWith(prefix) ? secret.slice(prefix.length) : secret, 'base64')
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
