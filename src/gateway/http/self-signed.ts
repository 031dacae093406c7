import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/**
 * A self-signed certificate for these host names and addresses (RFC 5280), for installations that want TLS without a
 * certificate authority. Written out here because Node can read certificates but not make them.
 */
export const selfSignedCertificate = (options: {
  names: readonly string[]
  now: Date
  days?: number
}): { cert: string; key: string } => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const notAfter = new Date(options.now.getTime() + (options.days ?? 365) * 86_400_000)
  // Clocks of clients differ: valid since an hour ago.
  const notBefore = new Date(options.now.getTime() - 3_600_000)
  const name = sequence(set(sequence(oid.commonName, der(0x0c, Buffer.from(options.names[0] ?? 'localhost')))))
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x7f) | 0x40 // 16 bytes long; a positive number that needs no leading zero
  const toBeSigned = sequence(
    der(0xa0, integer(Buffer.from([2]))), // version 3
    integer(serial),
    ecdsaWithSha256,
    name,
    sequence(time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      sequence(
        extension(oid.subjectAltName, sequence(...options.names.map(alternativeName))),
        extension(oid.extendedKeyUsage, sequence(oid.serverAuth)),
      ),
    ),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  const certificate = sequence(toBeSigned, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()}\n-----END CERTIFICATE-----\n`,
    // generateKeyPairSync without an encoding gives key objects; a PEM export of one is text.
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  }
}

/** One element in DER: tag, length, contents. */
const der = (tag: number, contents: Buffer): Buffer => {
  const { length } = contents
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), contents])
  const bytes = length < 0x100 ? [length] : [length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), contents])
}
const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const set = (...parts: Buffer[]): Buffer => der(0x31, Buffer.concat(parts))
const integer = (bytes: Buffer): Buffer => der(0x02, bytes)
/** GeneralizedTime is for 2050 and later; certificates say earlier dates as UTCTime. */
const time = (date: Date): Buffer => {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}
const extension = (id: Buffer, value: Buffer): Buffer => sequence(id, der(0x04, value))
const alternativeName = (name: string): Buffer =>
  isIP(name) === 0 ? der(0x82, Buffer.from(name)) : der(0x87, addressBytes(name))

const addressBytes = (address: string): Buffer => {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const groups = [...left, ...Array.from({ length: 8 - left.length - right.length }, () => '0'), ...right]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

const oid = {
  commonName: Buffer.from('0603550403', 'hex'), // 2.5.4.3
  subjectAltName: Buffer.from('0603551d11', 'hex'), // 2.5.29.17
  extendedKeyUsage: Buffer.from('0603551d25', 'hex'), // 2.5.29.37
  serverAuth: Buffer.from('06082b06010505070301', 'hex'), // 1.3.6.1.5.5.7.3.1
}
const ecdsaWithSha256 = sequence(Buffer.from('06082a8648ce3d040302', 'hex')) // 1.2.840.10045.4.3.2
