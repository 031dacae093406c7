import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { appendEvents } from '#platform/events/append.ts'
import { freshDatabase } from '../../../test/support/database.ts'
import { readHorizon, readNext } from './events.ts'

let database: Awaited<ReturnType<typeof freshDatabase>>
before(async () => {
  database = await freshDatabase()
})
after(() => database.drop())

const event = (type: string) => ({ topics: ['tasks'], type, accounts: [], data: {} })

test('while an older transaction is open nothing that came after it is read, and then everything in its order', async () => {
  const begin = await readHorizon(database.db)
  const types = async (): Promise<string[]> =>
    (await readNext(database.db, begin, 10)).events.map((published) => JSON.parse(published.textFor('tasks')).type)
  await database.db.transaction(async (late) => {
    await appendEvents(late, [event('late')])
    await appendEvents(database.db, [event('early')])
    assert.deepEqual(await types(), [])
    assert.equal((await readNext(database.db, begin, 10)).isHeldBack, true)
  })
  assert.deepEqual(await types(), ['late', 'early'])
})
