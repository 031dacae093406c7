import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { errors } from './errors.ts'

/**
 * The keys of an installation, all derived from one master key. `context` says what a value is and whose ("webhook
 * secret of channel 018f..."): it is authenticated with the value, so a sealed value can't be moved to another row.
 */
export type Crypto = {
  /** Names the master key without telling anything about it. Part of every sealed value, so that keys can change. */
  keyId: string
  /** AES-256-GCM. The result is text: `v1.<keyId>.<nonce>.<ciphertext and tag>`. */
  seal: (plaintext: string | Uint8Array, context: string) => string
  /** @throws `wrong_master_key` when another key sealed it, `sealed_value_broken` when value or context were changed. */
  open: (sealed: string, context: string) => Buffer
  /** HMAC-SHA256 under a key of that purpose. */
  mac: (purpose: string, message: string | Uint8Array) => Buffer
}

const version = 'v1'
const nonceBytes = 12
const tagBytes = 16

/** Derives the keys from a master key of 32 bytes (see crypto/master-key.ts for where it comes from). */
export const createCrypto = (masterKey: Uint8Array): Crypto => {
  // HKDF (RFC 5869): one key a purpose, so that no key is ever used for two things.
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', masterKey, 'aws-orchestrator', purpose, 32))
  const keyId = derive('key id').subarray(0, 8).toString('hex')
  const sealingKey = derive('seal')
  const macKeys = new Map<string, Buffer>()
  const associated = (context: string): Buffer => Buffer.from(JSON.stringify([version, keyId, context]))

  return {
    keyId,
    seal: (plaintext, context) => {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', sealingKey, nonce).setAAD(associated(context))
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
      return [version, keyId, nonce.toString('base64url'), sealed.toString('base64url')].join('.')
    },
    open: (sealed, context) => {
      const [sealedVersion, sealedKeyId, nonceText, bodyText, ...rest] = sealed.split('.')
      if (sealedVersion !== version || nonceText === undefined || bodyText === undefined || rest.length > 0) {
        throw errors.sealed_value_broken(`The sealed ${context} has an unknown form. Restore it from a backup.`)
      }
      if (sealedKeyId !== keyId) {
        throw errors.wrong_master_key(
          `The ${context} was sealed by master key ${sealedKeyId}, but the key here is ${keyId}. Start with the key that this database was set up with.`,
        )
      }
      const nonce = Buffer.from(nonceText, 'base64url')
      const body = Buffer.from(bodyText, 'base64url')
      try {
        const decipher = createDecipheriv('aes-256-gcm', sealingKey, nonce, { authTagLength: tagBytes })
          .setAAD(associated(context))
          .setAuthTag(body.subarray(-tagBytes))
        return Buffer.concat([decipher.update(body.subarray(0, -tagBytes)), decipher.final()])
      } catch (cause) {
        throw errors.sealed_value_broken(
          `The sealed ${context} was changed or belongs to something else. Restore it from a backup.`,
          { cause },
        )
      }
    },
    mac: (purpose, message) => {
      let key = macKeys.get(purpose)
      if (key === undefined) macKeys.set(purpose, (key = derive(`mac ${purpose}`)))
      return createHmac('sha256', key).update(message).digest()
    },
  }
}
