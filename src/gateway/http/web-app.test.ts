import assert from 'node:assert/strict'
import { connect as connectHttp2 } from 'node:http2'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { request as plainRequest } from 'node:http'
import { WebSocket } from 'ws'
import { startGateway } from '../../../test/support/gateway.ts'
import { selfSignedCertificate } from './self-signed.ts'

let webRoot = ''
let running: Awaited<ReturnType<typeof startGateway>>
const script = 'console.log("console")'.repeat(100)
before(async () => {
  webRoot = await mkdtemp(join(tmpdir(), 'web-'))
  await mkdir(join(webRoot, 'assets'))
  await writeFile(join(webRoot, 'index.html'), '<!doctype html><title>AWS Orchestrator</title>')
  await writeFile(join(webRoot, 'favicon.svg'), '<svg/>')
  await writeFile(join(webRoot, 'assets/app-4f2a.js'), script)
  await writeFile(join(webRoot, 'assets/app-4f2a.js.br'), brotliCompressSync(script))
  await writeFile(join(webRoot, '../outside.txt'), 'secret')
  running = await startGateway({ webRoot })
})
after(async () => {
  await running.gateway.close()
  await rm(webRoot, { recursive: true })
})
const fetchPath = (path: string, headers: Record<string, string> = {}) => fetch(`${running.url}${path}`, { headers })

describe('the web app', () => {
  test('answers its own addresses and every view with index.html, never kept', async () => {
    for (const path of ['/', '/tasks', '/resources/arn%3Aaws%3As3%3A%3A%3Alogs.example.com', '/index.html']) {
      const answer = await fetchPath(path)
      assert.equal(answer.status, 200, path)
      assert.match(await answer.text(), /<title>AWS Orchestrator/)
      assert.equal(answer.headers.get('cache-control'), 'no-cache')
      assert.match(answer.headers.get('content-type') ?? '', /^text\/html/)
    }
  })
  test('its hashed files are kept for good, and come compressed when they can', async () => {
    const answer = await fetchPath('/assets/app-4f2a.js', { 'accept-encoding': 'identity' })
    assert.equal(await answer.text(), script)
    assert.equal(answer.headers.get('cache-control'), 'public, max-age=31536000, immutable')
    const small = await new Promise<{ encoding: unknown; body: Buffer }>((resolve) =>
      plainRequest(`${running.url}/assets/app-4f2a.js`, { headers: { 'accept-encoding': 'br' } }, async (response) =>
        resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(await response.toArray()) }),
      ).end(),
    )
    assert.equal(small.encoding, 'br')
    assert.equal(brotliDecompressSync(small.body).toString(), script)
  })
  test('is strict about what a page may load', async () => {
    const policy = (await fetchPath('/')).headers.get('content-security-policy') ?? ''
    assert.doesNotMatch(policy, /unsafe/)
    assert.match(policy, /font-src 'self' data:/)
    assert.match(policy, /frame-ancestors 'none'/)
    assert.equal((await fetchPath('/')).headers.get('x-frame-options'), 'DENY')
  })
  test('has no say below the addresses of the server, and nothing outside its folder', async () => {
    for (const path of ['/assets/gone.js', '/healthz/x', '/version/x', '/api', '/api/v2/tasks']) {
      const answer = await fetchPath(path)
      assert.equal(answer.status, 404, path)
      assert.match(answer.headers.get('content-type') ?? '', /problem\+json/)
    }
    for (const path of ['/..%2foutside.txt', '/%2e%2e/outside.txt', '/assets/..%2f..%2foutside.txt']) {
      assert.doesNotMatch(await (await fetchPath(path)).text(), /secret/)
    }
    assert.equal((await fetchPath('/api/v1/tasks')).status, 401)
    assert.equal((await fetchPath('/x%00y')).status, 400)
    assert.equal((await fetchPath('/%zz')).status, 400)
  })
  test('says how to build it when it is not there', async () => {
    const { gateway, url } = await startGateway({})
    const answer = await fetch(`${url}/`)
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /npm run build/)
    await gateway.close()
  })
})

test('TLS is 1.3 only, and HTTP/2, HTTP/1.1 and WebSocket share the port', async (t) => {
  const tls = selfSignedCertificate({ names: ['localhost', '127.0.0.1'], now: new Date() })
  const { gateway, port } = await startGateway({ webRoot, tls })
  t.after(() => gateway.close())
  const trusted = { ca: tls.cert, host: '127.0.0.1', port }

  const old = connectTls({ ...trusted, maxVersion: 'TLSv1.2' })
  assert.match((await new Promise<Error>((resolve) => old.once('error', resolve))).message, /protocol version/)

  const status = await new Promise((resolve, reject) =>
    get({ ...trusted, path: '/healthz' }, (response) =>
      resolve([response.statusCode, response.httpVersion, response.resume().headers['strict-transport-security']]),
    ).on('error', reject),
  )
  assert.deepEqual(status, [200, '1.1', 'max-age=31536000'])

  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: tls.cert })
  const stream = session.request({ ':path': '/api/v1/tasks' })
  const headers = await new Promise<Record<string, unknown>>((resolve) => stream.once('response', resolve))
  assert.equal(headers[':status'], 401)
  stream.resume()
  session.close()

  const socket = new WebSocket(`wss://127.0.0.1:${port}/api/v1/live?ticket=ticket-ann-tls`, {
    ca: tls.cert,
    origin: `https://127.0.0.1:${port}`,
  })
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  socket.terminate()
})
