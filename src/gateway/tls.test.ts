import assert from 'node:assert/strict'
import { X509Certificate, createPrivateKey } from 'node:crypto'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { selfSignedCertificate } from './http/self-signed.ts'
import { loadTls } from './tls.ts'

const now = new Date('2026-11-20T10:00:00Z')

test('a self-signed certificate is one that others can read', () => {
  const { cert, key } = selfSignedCertificate({
    names: ['console.example.com', '127.0.0.1', '::1', '2001:db8::42'],
    now,
  })
  const certificate = new X509Certificate(cert)
  assert.equal(certificate.subject, 'CN=console.example.com')
  assert.equal(
    certificate.subjectAltName,
    'DNS:console.example.com, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:42',
  )
  assert.equal(certificate.validFromDate.toISOString(), '2026-11-20T09:00:00.000Z')
  assert.equal(certificate.validToDate.toISOString(), '2027-11-20T10:00:00.000Z')
  assert.deepEqual(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  assert.ok(certificate.verify(certificate.publicKey))
  assert.ok(certificate.checkPrivateKey(createPrivateKey(key)))
})

test('it is kept in the data directory, for its owner only, until it is about to expire or lacks a name', async (t) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'tls-'))
  t.after(() => rm(dataDir, { recursive: true }))
  const load = (names: string[], at = now) => loadTls({ setting: 'self-signed', dataDir, names, now: at })
  const first = await load(['a.example.com'])
  assert.equal((await stat(join(dataDir, 'self-signed.pem'))).mode & 0o777, 0o600)
  assert.deepEqual(await load(['a.example.com']), first)
  assert.notEqual((await load(['b.example.com']))?.cert, first?.cert)
  const second = await load(['b.example.com'])
  assert.notEqual((await load(['b.example.com'], new Date('2027-11-01T00:00:00Z')))?.cert, second?.cert)
})

test('off is off, and a missing file is said', async () => {
  assert.equal(await loadTls({ setting: 'off', dataDir: '/nowhere', names: [], now }), undefined)
  await assert.rejects(
    loadTls({ setting: '/no/cert.pem,/no/key.pem', dataDir: '/nowhere', names: [], now }),
    /no such file.*\/no\/(cert|key)\.pem/,
  )
  await assert.rejects(loadTls({ setting: 'yes', dataDir: '/nowhere', names: [], now }), /ORCHESTRATOR_TLS is "yes"/)
})
