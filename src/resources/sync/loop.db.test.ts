import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { accessDenied, accountA, accountB, createFakeAws, fakeAccount, fakeInstance } from '../testing/fake-aws.ts'
import { createRig } from '../testing/rig.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const alive = async (): Promise<string[]> => {
  const rows = await database.db.query<{ aws_id: string }>({
    text: 'select aws_id from resources where deleted_at is null order by 1',
  })
  return rows.map((row) => row.aws_id)
}
const isAlive = (...ids: string[]) => waitFor(ids.join(), async () => (await alive()).join() === ids.join())
const due = async () => {
  await database.db.query({ text: 'update sync_types set full_at = now()' })
  await database.db.query({ text: 'update sync_partitions set next_at = now()' })
}

test('two processes sweep everything, each partition once at a time, and go on when one stops', async () => {
  const regions = ['eu-west-1', 'eu-west-2', 'us-east-1']
  const fake = createFakeAws([fakeAccount(accountA, 'alpha', regions), fakeAccount(accountB, 'beta')])
  fake.instances = [
    ...regions.map((region, index) => fakeInstance(`i-${index}`, { region })),
    fakeInstance('i-9', { account: accountB }),
  ]
  fake.before.set(accountB, () => Promise.reject(accessDenied))
  const first = createRig(database.db, fake)
  const second = createRig(database.db, fake)
  await Promise.all([first.resources.start(), second.resources.start()])
  await isAlive('i-0', 'i-1', 'i-2')
  await waitFor('the failure', async () => {
    const rows = await database.db.query({
      text: `select from sync_partitions where last_error is not null and lease_token is null`,
    })
    return rows.length === 1
  })
  assert.equal(fake.calls.filter((call) => call === `listInstances ${accountA}`).length, 3)

  await first.resources.stop()
  fake.before.clear()
  fake.instances.push(fakeInstance('i-3'))
  // Made due again and again: a sweep that is just ending sets the time of its next one after us.
  await waitFor('what is new and what could not be read before', async () => {
    await due()
    second.wake()
    return (await alive()).join() === ['i-0', 'i-1', 'i-2', 'i-3', 'i-9'].join()
  })
  await second.resources.stop()
})

test('the lease of a process that died runs out, and another one goes on', async () => {
  const fake = createFakeAws([fakeAccount(accountA, 'alpha')])
  fake.instances = [fakeInstance('i-5')]
  await database.db.query({ text: 'truncate resources, sync_partitions, sync_types' })
  await database.db.query({
    text: `insert into sync_partitions (account, region, service, lease_token, lease_until, started_at)
      values ($1, 'eu-west-1', 'ec2', gen_random_uuid(), now() + interval '500 ms', now())`,
    values: [accountA],
  })
  const rig = createRig(database.db, fake)
  await rig.resources.start()
  await isAlive('i-5')
  await rig.resources.stop()
})
