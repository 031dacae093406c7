import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { explain } from '../../scripts/setup/install.mjs'
import { isInstalled, missing } from '../../scripts/setup/installed.mjs'
import { once } from '../../scripts/setup/once.mjs'

const folder = await mkdtemp(join(tmpdir(), 'orchestrator-setup-'))
after(() => rm(folder, { recursive: true, force: true }))

test('an installation is stale when a package is missing or another version, not when it is for another platform', () => {
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'x' },
    'node_modules/b-win32': { version: '1.0.0', optional: true },
  }
  assert.deepEqual(missing(wanted, { 'node_modules/a': { version: '1.0.0', integrity: 'x' } }), [])
  assert.deepEqual(missing(wanted, { 'node_modules/a': { version: '1.0.1', integrity: 'y' } }), ['node_modules/a'])
  assert.deepEqual(missing(wanted, {}), ['node_modules/a'])
})

test('an installation that was interrupted, and so has no record of npm, is stale', async () => {
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } }),
  )
  assert.equal(isInstalled(folder), false)
  await mkdir(join(folder, 'node_modules/a'), { recursive: true })
  assert.equal(isInstalled(folder), false)
  await writeFile(
    join(folder, 'node_modules/.package-lock.json'),
    JSON.stringify({ packages: { 'node_modules/a': { version: '1.0.0' } } }),
  )
  assert.equal(isInstalled(folder), true)
})

test("npm's failures become advice", () => {
  const npm = (code: string) =>
    explain(1, [
      `npm error code ${code}`,
      'npm error something',
      'npm error A complete log of this run can be found in: /x-debug-0.log',
    ])
  assert.match(npm('ENOTFOUND'), /could not reach the registry/)
  assert.match(npm('ECONNREFUSED'), /HTTPS_PROXY/)
  assert.match(npm('ENOSPC'), /disk is full/)
  assert.match(npm('EACCES'), /may not write/)
  assert.match(npm('EINTEGRITY'), /what the lock names/)
  assert.match(npm('SOMETHING'), /npm ci: 1[^]*npm error something/)
  assert.doesNotMatch(npm('SOMETHING'), /debug-0\.log/)
})

test('of two set-ups at once the second waits; a lock of a dead process is taken over', async () => {
  const lock = join(folder, 'once.lock')
  const order: string[] = []
  const said: string[] = []
  let release = (): void => {}
  const held = new Promise<void>((resolve) => (release = resolve))
  const first = once(
    lock,
    () => {},
    async () => {
      order.push('first begins')
      await held
      order.push('first ends')
    },
  )
  const second = once(
    lock,
    (message) => {
      said.push(message)
      release() // it waits, so the first may go on
    },
    async () => void order.push('second'),
  )
  await Promise.all([first, second])
  assert.deepEqual(order, ['first begins', 'first ends', 'second'])
  assert.match(said.join(), new RegExp(`process ${process.pid}`))

  await writeFile(lock, '2147483646') // above the largest process id Linux can have
  await once(lock, assert.fail, async () => assert.equal(await readFile(lock, 'utf8'), String(process.pid)))
  assert.equal(existsSync(lock), false)
})
