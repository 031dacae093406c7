import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { MissedRuns } from '#contracts/schedule.ts'
import { runsOfDue } from './due.ts'
import type { ScheduleRecord } from './store.ts'

const hourly = (missedRuns: MissedRuns, first: string): ScheduleRecord => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  name: 'hourly',
  owner: { id: 'o', email: 'o@example.com' },
  owner_scopes: null,
  operation: 'ec2.stop',
  targets: { ids: ['i-1'] },
  params: {},
  cron: '0 * * * *',
  at: null,
  time_zone: 'UTC',
  starts_at: null,
  ends_at: null,
  skip_dates: [],
  missed_runs: missedRuns,
  overlap: 'skip',
  priority: 0,
  reason: null,
  is_enabled: true,
  stopped_reason: null,
  on_off_plan_id: null,
  next_run_at: new Date(first),
  created_at: new Date(first),
  updated_at: new Date(first),
})
const become = (missedRuns: MissedRuns, first: string, now: string) => {
  const { runs, nextRunAt } = runsOfDue(hourly(missedRuns, first), new Date(now))
  return {
    runs: runs.map((run) => [run.due_at.toISOString().slice(5, 16), run.status, run.missed, run.is_made_up]),
    next: nextRunAt?.toISOString().slice(5, 16),
  }
}

test('on time there is one run, whatever is done about missed ones', () => {
  for (const missedRuns of ['skip', 'run_once', 'run_all'] as const) {
    assert.deepEqual(become(missedRuns, '2026-05-01T10:00:00Z', '2026-05-01T10:00:01Z'), {
      runs: [['05-01T10:00', 'pending', 0, false]],
      next: '05-01T11:00',
    })
  }
})

test('after a night away: nothing, one run for all, or one each', () => {
  const [first, now] = ['2026-05-01T22:00:00Z', '2026-05-02T01:30:00Z'] // 22:00, 23:00, 00:00 and 01:00 were missed
  assert.deepEqual(become('skip', first, now).runs, [['05-02T01:00', 'skipped', 3, false]])
  assert.deepEqual(become('run_once', first, now).runs, [['05-02T01:00', 'pending', 3, true]])
  assert.deepEqual(become('run_all', first, now).runs, [
    ['05-01T22:00', 'pending', 0, true],
    ['05-01T23:00', 'pending', 0, true],
    ['05-02T00:00', 'pending', 0, true],
    ['05-02T01:00', 'pending', 0, true],
  ])
  assert.equal(become('run_all', first, now).next, '05-02T02:00')
})

test('with `skip` what is on time runs although something before it was missed', () => {
  assert.deepEqual(become('skip', '2026-05-01T22:00:00Z', '2026-05-02T01:04:59Z').runs, [
    ['05-02T01:00', 'pending', 3, false],
  ])
})

test('what is made up for is bounded: of two days the newest 24 hours', () => {
  const { runs } = become('run_all', '2026-05-01T00:00:00Z', '2026-05-02T23:30:00Z') // 48 times
  assert.equal(runs.length, 24)
  assert.deepEqual([runs[0], runs.at(-1)?.[0]], [['05-02T00:00', 'pending', 24, true], '05-02T23:00'])
})
