import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import type { Statement } from '../db/database.ts'
import { createNotifier } from './notifier.ts'

/** A database that keeps what it is asked, and answers when it is told to. */
const slowDatabase = () => {
  const sent: unknown[] = []
  const answers: { answer: () => void; fail: () => void }[] = []
  return {
    sent,
    answers,
    db: {
      query: <Row>({ values }: Statement): Promise<Row[]> => {
        sent.push(values)
        return new Promise((resolve, reject) =>
          answers.push({ answer: () => resolve([]), fail: () => reject(new Error('away')) }),
        )
      },
    },
  }
}

test('what is told in one moment goes out together, the same news once', async () => {
  const { db, sent } = slowDatabase()
  const notifier = createNotifier(db)
  notifier.nudge('tasks')
  notifier.nudge('events')
  notifier.nudge('tasks')
  notifier.nudge('tasks_paused', 'a')
  notifier.nudge('tasks_paused', 'b')
  await turn()
  assert.deepEqual(sent, [
    [
      ['tasks', 'events', 'tasks_paused', 'tasks_paused'],
      ['', '', 'a', 'b'],
    ],
  ])
})

test('news that come up while others are on their way go out afterwards, also when those were lost', async () => {
  const { db, sent, answers } = slowDatabase()
  const notifier = createNotifier(db)
  notifier.nudge('events')
  await turn()
  for (let n = 0; n < 3; n++) notifier.nudge('events')
  await turn()
  assert.equal(sent.length, 1)
  answers[0]?.fail()
  await turn()
  assert.deepEqual(sent.slice(1), [[['events'], ['']]])
  answers[1]?.answer()
  await turn()
  assert.equal(sent.length, 2)
  notifier.nudge('tasks')
  await turn()
  assert.deepEqual(sent.slice(2), [[['tasks'], ['']]])
})
