import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { Database, Statement } from '#platform/db/database.ts'
import type { Advance } from '../store/advance-items.ts'
import { createJournal } from './journal.ts'

const worker = '0198c0de-0000-7000-8000-00000000000a'

/** How far an item came; the journal looks at no more of it. */
const moved = (id: string, move: number): Advance => ({ id, move, worker }) as unknown as Advance

/**
 * A journal whose database is the test: a line is on record when the test says so, and what is trimmed is seen. Time passes by a
 * trim's pause with every look at the clock, so that nothing is only left because it was too soon.
 */
const world = (t: TestContext) => {
  let nowMs = 0
  t.mock.method(performance, 'now', () => (nowMs += 2_000))
  const lines: { seq: number; commit: () => void }[] = []
  /** Lines below this are gone. */
  let trimmedTo = 0
  const query = async ({ name, values = [] }: Statement): Promise<unknown[]> => {
    if (name === 'journal.trim') {
      trimmedTo = Math.max(trimmedTo, Number(values[1]))
      return []
    }
    assert.equal(name, 'journal.append')
    const committed = Promise.withResolvers<void>()
    lines.push({ seq: Number(values[1]), commit: committed.resolve })
    await committed.promise
    return [{ seq: values[1] }]
  }
  const journal = createJournal({ query } as unknown as Database)
  const lineOf = async (nth: number): Promise<{ seq: number; commit: () => void }> => {
    // It leaves with the next turns of the loop, since callers gather.
    while (lines[nth] === undefined) await new Promise((resolve) => setImmediate(resolve))
    return lines[nth]
  }
  /** Another item's line, with which old ones are trimmed. */
  const append = async (id: string, move = 1): Promise<{ seq: number }> => {
    const nth = lines.length
    const appended = journal.append(moved(id, move))
    const line = await lineOf(nth)
    line.commit()
    assert.equal(await appended, true)
    return line
  }
  const isKept = ({ seq }: { seq: number }): boolean => trimmedTo <= seq
  return { journal, lineOf, append, isKept }
}

test('a line goes once the row says as much, and not before', async (t) => {
  const { journal, append, isKept } = world(t)
  const first = await append('a')
  await append('b')
  assert.ok(isKept(first))
  journal.settled({ id: 'a', move: 1 })
  journal.settled({ id: 'b', move: 1 })
  await append('c')
  assert.ok(!isKept(first), 'the row of the item says it by now')
})

test('a row that says less than the journal does not let the newer line go', async (t) => {
  const { journal, append, isKept } = world(t)
  await append('a', 1)
  const newer = await append('a', 2)
  journal.settled({ id: 'a', move: 1 }) // written late
  await append('b')
  assert.ok(isKept(newer))
})

test('a line that is under way while the journal is carried over is kept: nobody may have seen it', async (t) => {
  const { journal, lineOf, append, isKept } = world(t)
  const before = await append('a')
  const appended = journal.append(moved('b', 1))
  const line = await lineOf(1)
  await journal.carryOver(async () => {})
  line.commit()
  await appended
  await append('c')
  assert.ok(isKept(line))
  assert.ok(!isKept(before), 'what was on record when it began is carried over')
})

test('a line that is begun while the journal is carried over is kept, also when it is there before that ends', async (t) => {
  const { journal, append, isKept } = world(t)
  await append('a')
  const line = await journal.carryOver(() => append('b'))
  await append('c')
  assert.ok(isKept(line))
})

test('a carry-over that fails lets nothing go', async (t) => {
  const { journal, append, isKept } = world(t)
  const line = await append('a')
  await assert.rejects(
    journal.carryOver(async () => {
      throw new Error('the database is away')
    }),
  )
  await append('b')
  assert.ok(isKept(line))
})
