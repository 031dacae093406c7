import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { after, before, test } from 'node:test'
import { startProcess, temporaryDirectory } from '../support/installation.ts'

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
before(async () => {
  directory = await temporaryDirectory()
})
after(() => directory.remove())

/** What the start says before it gives up; startProcess quotes it. */
const refusal = async (env: Record<string, string>): Promise<string> => {
  const error = await startProcess({ ORCHESTRATOR_DATA_DIR: directory.path, ...env }).then(
    async (running) => {
      await running.stop()
      throw new Error('It started.')
    },
    (error: unknown) => error,
  )
  assert.ok(error instanceof Error)
  assert.match(error.message, /ended before it was ready/)
  assert.doesNotMatch(error.message, /\n\s+at /, 'a clear error, not a stack')
  return error.message
}

test('a port that is taken ends the start and is named', async () => {
  const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
  const address = other.address()
  assert.ok(typeof address === 'object' && address !== null)
  assert.match(await refusal({ ORCHESTRATOR_PORT: String(address.port) }), new RegExp(`${address.port}`))
  await new Promise((resolve) => other.close(resolve))
})

test('a setting that does not exist, or has no such value, is named with what would be right', async () => {
  assert.match(await refusal({ ORCHESTRATOR_PROT: '8080' }), /ORCHESTRATOR_PROT.*ORCHESTRATOR_PORT/)
  assert.match(await refusal({ ORCHESTRATOR_SANDBOX_SIZE: 'many' }), /ORCHESTRATOR_SANDBOX_SIZE.*500 to 1000000.*many/)
})

test('roles that are split ask for what they have to share', async () => {
  const said = await refusal({ ORCHESTRATOR_ROLE: 'worker' })
  assert.match(said, /DATABASE_URL/)
  assert.match(said, /ORCHESTRATOR_MASTER_KEY/)
})

test('a data directory that can not be written is named', async () => {
  assert.match(await refusal({ ORCHESTRATOR_DATA_DIR: '/proc/orchestrator' }), /\/proc\/orchestrator/)
})
