import assert from 'node:assert/strict'
import { test } from 'node:test'
import { incidentKinds } from '#contracts/sandbox.ts'
import { createEstate } from '../estate/estate.ts'
import { createCalendar } from './calendar.ts'

const hourMs = 3_600_000
const nowMs = Date.UTC(2026, 10, 27, 12, 0)

test('something always happened within the last hours, whenever one looks', () => {
  const calendar = createCalendar(createEstate({ seed: '1', size: 1500 }))
  for (let hour = 0; hour < 24 * 14; hour++) {
    const atMs = nowMs + hour * hourMs
    assert.ok(calendar.between(atMs - 6 * hourMs, atMs).length >= 2, `at ${new Date(atMs).toISOString()}`)
  }
})

test('the same seed has the same incidents, another one has others; each lies within one turn', () => {
  const of = (seed: string) =>
    createCalendar(createEstate({ seed, size: 1500 }))
      .between(nowMs - 48 * hourMs, nowMs)
      .map(({ kind, resource, from }) => `${kind} ${resource} ${from}`)
  assert.deepEqual(of('1'), of('1'))
  assert.notDeepEqual(of('1'), of('2'))
  assert.ok(of('1').length > 20)
})

test('at a moment there is what the list says, and nothing else', () => {
  const calendar = createCalendar(createEstate({ seed: '1', size: 1500 }))
  const listed = calendar.between(nowMs, nowMs + 1)
  for (const kind of incidentKinds) {
    const own = listed.find((incident) => incident.kind === kind)
    assert.equal(calendar.at(kind, nowMs)?.resource, own?.resource, kind)
  }
  for (const { kind, resource, fromMs, untilMs } of calendar.between(nowMs - 24 * hourMs, nowMs)) {
    assert.equal(calendar.at(kind, fromMs)?.resource, resource)
    assert.notEqual(calendar.at(kind, untilMs)?.fromMs, fromMs)
  }
})

test('an estate with next to nothing has no incident that fits no resource', () => {
  const estate = createEstate({ seed: '1', size: 3 })
  const { at, between } = createCalendar(estate)
  for (const incident of between(nowMs - 48 * hourMs, nowMs)) assert.ok(at(incident.kind, incident.fromMs))
})
