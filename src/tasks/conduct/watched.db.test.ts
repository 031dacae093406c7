import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TestContext } from 'node:test'
import { freshDatabase } from '../../../test/support/database.ts'
import { newTestTask, principal, startEngine, testOperation } from '../../../test/support/engine.ts'
import { waitFor } from '../../../test/support/wait-for.ts'
import { createNotifier } from '#platform/events/notifier.ts'
import { resume } from '../control/pause.ts'
import type { Alarm } from '../alarms.ts'
import type { NewTask } from '../store/file-tasks.ts'
import { createReader } from '../read/reader.ts'
import type { AlarmState } from '../watch/alarm-states.ts'

const alarm = 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:too-slow'
const quiet: AlarmState = { id: alarm, kind: 'quiet' }
const rings = (since: string): AlarmState => ({ id: alarm, kind: 'ringing', since, reason: null })

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => void (database = await freshDatabase()))
after(() => database.drop())

const operation = testOperation({ name: 'test.watched' })

/** An alarm that the test sets, and engines that read it: any number of processes, one after another or at once. */
const world = (t: TestContext) => {
  const cloud: { state: AlarmState; looks: number } = { state: quiet, looks: 0 }
  const alerts: { raised: Alarm[]; resolved: string[] } = { raised: [], resolved: [] }
  const start = async (speed: number) => {
    const engine = await startEngine({
      url: database.url,
      operations: [operation],
      speed,
      alarms: {
        raise: async (alarm) => void alerts.raised.push(alarm),
        resolve: async (key) => void alerts.resolved.push(key),
      },
      alarmStates: async () => {
        cloud.looks++
        return [cloud.state]
      },
    })
    let isStopped = false
    const stop = async (): Promise<void> => {
      if (!isStopped) await engine.stop()
      isStopped = true
    }
    t.after(stop)
    await engine.worker.start()
    engine.conductor.start()
    return { ...engine, stop }
  }
  return { cloud, alerts, start }
}

const waved = (sizes: number[], soakSeconds: number, ringsSince: string | null = null): NewTask =>
  newTestTask(operation, {
    targets: sizes.reduce((sum, size) => sum + size, 0),
    plan: {
      ...(sizes.length < 2
        ? {}
        : { waves: sizes.map((size) => ({ size, expectedSeconds: { calls: 0, waits: 0, total: 0 } })) }),
      soakSeconds,
      watchAlarms: [{ id: alarm, name: 'too-slow', ringsSince }],
    },
  })
const read = async (id: string) => {
  const task = await createReader({ db: database.db, operation: () => operation }).get(id)
  assert.ok(task)
  return task
}
const until = (what: string, id: string, is: (task: Awaited<ReturnType<typeof read>>) => boolean) =>
  waitFor(what, async () => {
    const task = await read(id)
    return is(task) && task
  })
const ends = (id: string) => until('it to end', id, (task) => task.finishedAt !== null)
const isSoaking = (task: Awaited<ReturnType<typeof read>>): boolean => task.soakUntil !== undefined
const goOn = (id: string) =>
  resume(
    { db: database.db, notifier: createNotifier(database.db), now: () => new Date(), firstActs: [] },
    { principal, taskId: id, requestId: null },
  )
/** As if so much time had passed: the soak is over, and a look is due. */
const passSoak = (id: string) =>
  database.db.query({
    text: `with soaked as (update conducted_tasks set soak_until = now() - interval '1 ms' where task_id = $1)
      update watched_alarms set look_at = now() where task_id = $1`,
    values: [id],
  })
const passLook = (id: string) =>
  database.db.query({ text: 'update watched_alarms set look_at = now() where task_id = $1', values: [id] })

test('quiet alarms let every wave pass, with a look at the end of each soak', async (t) => {
  const { cloud, start } = world(t)
  const engine = await start(1000)
  const task = waved([1, 2, 3], 10)
  await engine.file(task)
  const end = await ends(task.id)
  assert.deepEqual([end.status, end.progress.succeeded, end.watch?.pausedBy], ['succeeded', 6, null])
  assert.ok(cloud.looks >= 2, `${cloud.looks} looks`)
})

test('an alarm that goes off during the soak pauses the task with the reason; who resumes it has seen that', async (t) => {
  const { cloud, alerts, start } = world(t)
  const engine = await start(1)
  const task = waved([1, 4], 3600)
  await engine.file(task)
  await until('it to soak', task.id, isSoaking)
  cloud.state = rings('2026-01-01T12:00:00.000Z')
  await passLook(task.id)
  const paused = await until('it to be paused', task.id, ({ status }) => status === 'paused')
  assert.equal(paused.watch?.pausedBy, 'The alarm "too-slow" went off at 2026-01-01T12:00:00.000Z.')
  assert.deepEqual(
    paused.waves?.map(({ status }) => status),
    ['soaking', 'held'],
  )
  assert.equal(paused.progress.succeeded, 1)
  const [row] = await database.db.query<{ details: { reason: string } }>({
    text: `select details from audit where subject_id = $1 and action = 'task.pause'`,
    values: [task.id],
  })
  assert.match(row?.details.reason ?? '', /too-slow/)
  const key = `tasks/watch/${task.id}`
  assert.deepEqual(
    alerts.raised.map((alert) => [alert.key, alert.severity, alert.subject?.id]),
    [[key, 'warning', task.id]],
  )
  // Nothing goes on by itself, not even when it falls silent.
  cloud.state = quiet
  await passSoak(task.id)
  await engine.conductor.round()
  assert.equal((await read(task.id)).status, 'paused')

  // It still rings as it did: that was seen by whoever resumes it.
  cloud.state = rings('2026-01-01T12:00:00.000Z')
  await goOn(task.id)
  const end = await ends(task.id)
  assert.deepEqual([end.status, end.progress.succeeded, end.watch?.pausedBy], ['succeeded', 5, null])
  await waitFor('the alert to end', () => alerts.resolved.includes(key))
})

test('a soak outlives its process: the next one ends it, and sees what went off while nobody looked', async (t) => {
  const { cloud, start } = world(t)
  const first = await start(1)
  const [healthy, ill] = [waved([1, 2], 3600), waved([1, 2], 3600)]
  await first.file(healthy)
  await first.file(ill)
  for (const { id } of [healthy, ill]) await until('it to soak', id, isSoaking)
  await first.stop()

  await passSoak(healthy.id)
  await start(1)
  assert.equal((await ends(healthy.id)).status, 'succeeded')
  assert.equal((await read(ill.id)).status, 'waiting')

  cloud.state = rings('2026-01-01T13:00:00.000Z')
  await passSoak(ill.id)
  const paused = await until('it to be paused', ill.id, ({ status }) => status === 'paused')
  assert.equal(paused.progress.succeeded, 1)
})

test('while the alarms can not be read nothing is released; it goes on when they can', async (t) => {
  const { cloud, start } = world(t)
  const engine = await start(1)
  const task = waved([1, 2], 3600)
  await engine.file(task)
  await until('it to soak', task.id, isSoaking)
  cloud.state = { id: alarm, kind: 'unread', why: 'ServiceUnavailable in 111111111111 eu-west-1', isForGood: false }
  await passSoak(task.id)
  const waiting = await until('the problem to be told', task.id, ({ watch }) => watch?.problem != null)
  assert.equal(waiting.watch?.problem, 'ServiceUnavailable in 111111111111 eu-west-1')
  await engine.conductor.round()
  assert.deepEqual([(await read(task.id)).waves?.[1]?.status, waiting.status], ['held', 'waiting'])
  cloud.state = quiet
  await passLook(task.id)
  const end = await ends(task.id)
  assert.deepEqual([end.status, end.watch?.problem], ['succeeded', null])
})

test('what rang when it was planned does not count until it goes off again', async (t) => {
  const { cloud, start } = world(t)
  const engine = await start(1)
  cloud.state = rings('2026-01-01T12:00:00.000Z')
  const task = waved([1, 2, 3], 3600, '2026-01-01T12:00:00.000Z')
  await engine.file(task)
  await until('it to soak', task.id, isSoaking)
  await passSoak(task.id)
  await until('the second wave to be over', task.id, ({ waves }) => waves?.[1]?.status === 'soaking')
  cloud.state = rings('2026-01-01T14:00:00.000Z')
  await passSoak(task.id)
  await until('it to be paused', task.id, ({ status }) => status === 'paused')
})

test('without waves the alarms are watched as well, and what has not begun is held', async (t) => {
  const { cloud, start } = world(t)
  const engine = await start(1)
  // Nobody takes its items: it is as if all workers were busy.
  await engine.worker.stop()
  const task = waved([2], 0)
  await engine.file(task)
  await database.db.query({
    text: `update tasks set status = 'running', started_at = now() where id = $1`,
    values: [task.id],
  })
  cloud.state = rings('2026-01-01T12:00:00.000Z')
  await passLook(task.id)
  await until('it to be paused', task.id, ({ status }) => status === 'paused')
  const held = await database.db.query({
    text: 'select 1 from items where task_id = $1 and ready_at is null',
    values: [task.id],
  })
  assert.equal(held.length, 2)
})
