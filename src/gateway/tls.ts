import { X509Certificate } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '#platform/app-error.ts'
import { errors } from './errors.ts'
import { selfSignedCertificate } from './http/self-signed.ts'

export type Tls = { cert: string; key: string }

/**
 * Certificate and key by the setting `ORCHESTRATOR_TLS`: undefined for `off`; read from the two files of `<cert>,<key>`;
 * for `self-signed` made once and kept in the data directory, and made anew a month before it expires or when it lacks one
 * of the host names.
 */
export const loadTls = async (options: {
  setting: string
  dataDir: string
  names: readonly string[]
  now: Date
}): Promise<Tls | undefined> => {
  if (options.setting === 'off') return undefined
  if (options.setting === 'self-signed') return selfSigned(options)
  const [certFile, keyFile] = options.setting.split(',').map((part) => part.trim())
  if (!certFile || !keyFile) {
    throw errors.tls_not_usable(
      `ORCHESTRATOR_TLS is "${options.setting}": give "off", "self-signed" or "<certificate file>,<key file>".`,
    )
  }
  try {
    const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')])
    return { cert, key }
  } catch (error) {
    throw errors.tls_not_usable(`ORCHESTRATOR_TLS names a file that cannot be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}

const selfSigned = async ({
  dataDir,
  names,
  now,
}: {
  dataDir: string
  names: readonly string[]
  now: Date
}): Promise<Tls> => {
  const file = join(dataDir, 'self-signed.pem')
  const all = [...new Set([...names, 'localhost', '127.0.0.1', '::1'])]
  const kept = await readFile(file, 'utf8').catch(() => undefined)
  const parts = kept === undefined ? undefined : /^(-+BEGIN CERT.*?END CERTIFICATE-+\n)(.*)$/s.exec(kept)
  if (parts?.[1] !== undefined && parts[2] !== undefined && isStillGood(parts[1], all, now))
    return { cert: parts[1], key: parts[2] }
  const made = selfSignedCertificate({ names: all, now })
  // Renamed into place, so that a process that starts at the same moment reads a whole file.
  await writeFile(`${file}.${process.pid}`, made.cert + made.key, { mode: 0o600 })
  await rename(`${file}.${process.pid}`, file)
  return made
}

const monthMs = 30 * 86_400_000
const isStillGood = (pem: string, names: readonly string[], now: Date): boolean => {
  try {
    const certificate = new X509Certificate(pem)
    const covers = (name: string): boolean =>
      certificate.checkHost(name) !== undefined || certificate.checkIP(name) !== undefined
    return certificate.validToDate.getTime() - now.getTime() > monthMs && names.every(covers)
  } catch {
    return false
  }
}
