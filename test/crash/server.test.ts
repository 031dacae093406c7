import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { allEnded, assertOnce, statusesOf } from '../support/bulk.ts'
import type { Client } from '../support/client.ts'
import { signIn } from '../support/client.ts'
import type { RunningProcess } from '../support/installation.ts'
import { initialPassword, startProcess, temporaryDirectory } from '../support/installation.ts'
import { endPostmaster, isAlive, postmasterPid } from '../support/postmaster.ts'
import { waitFor } from '../support/wait-for.ts'

// The one process of a small installation is killed: its workers, its sandbox and its scheduler with it, while its
// PostgreSQL is left behind as an orphan.
let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let server: RunningProcess
let admin: Client
const settings = () => ({
  ORCHESTRATOR_DATA_DIR: directory.path,
  // A stop takes some ten seconds of wall time, so that it is seen under way.
  ORCHESTRATOR_SANDBOX_SPEED: '3',
  ORCHESTRATOR_SANDBOX_SIZE: '1000',
})

before(async () => {
  directory = await temporaryDirectory()
  server = await startProcess(settings())
  admin = await signIn(server.url, 'admin@localhost', await initialPassword(directory.path))
})
after(async () => {
  await server.stop()
  await endPostmaster(directory.path)
  await directory.remove()
})

test('the server is killed in the middle of its tasks: started again it ends them all, and did nothing twice', async () => {
  const plan = await admin.plan({
    operation: 'ec2.stop',
    targets: { query: 'type:ec2.instance state:running tag.env:dev -tag.aws:autoscaling:groupName:*' },
  })
  const targets = plan.targets.map((target) => target.id).slice(0, 30)
  assert.equal(targets.length, 30, 'instances that can be stopped')
  const stop = async (ids: string[]): Promise<string> =>
    (await admin.file({ operation: 'ec2.stop', targets: { ids } })).id

  const first = await Promise.all([stop(targets.slice(0, 10)), stop(targets.slice(10, 20))])
  await waitFor('instances to be stopping', async () => (await admin.task(first[0])).progress.waiting > 0)
  const second = await Promise.all([stop(targets.slice(20, 25)), stop(targets.slice(25))])
  // The last ones have just been accepted, and the first ones wait for AWS.
  const orphan = await postmasterPid(directory.path)
  assert.ok(orphan !== undefined)
  await server.stop('SIGKILL')
  assert.ok(isAlive(orphan), 'PostgreSQL outlives the server')

  server = await startProcess({ ...settings(), ORCHESTRATOR_PORT: new URL(server.url).port })
  assert.ok((await postmasterPid(directory.path)) === orphan || !isAlive(orphan), 'one PostgreSQL, not two')

  // The session of before still holds: tokens are signed by a key that is kept.
  const tasks = await allEnded(admin, [...first, ...second])
  assert.deepEqual(statusesOf(tasks), { succeeded: 4 })
  await assertOnce(admin, 'StopInstances', targets)
  await waitFor('the audit log to be sealed', async () => {
    const verification = await admin.ok('GET', '/audit/verify')
    assert.equal(verification.ok, true, JSON.stringify(verification.firstBroken))
    return verification.unsealed.count === 0
  })
  for (const { id } of tasks) {
    const { items } = await admin.ok('GET', `/audit?subject=${id}&action=task.create`)
    assert.equal(items.length, 1, 'each task is on record once')
  }
})

test('a server that is ended in order leaves nothing behind', async () => {
  const postgres = await postmasterPid(directory.path)
  assert.equal(await server.stop(), 0)
  assert.ok(postgres !== undefined && !isAlive(postgres))
  assert.equal(await postmasterPid(directory.path), undefined)
})
