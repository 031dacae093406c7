import { expect, it } from 'vitest'
import type { RolloutValues } from './rollout-values.ts'
import { previewOf, rolloutOfPlan, rolloutProblems, rolloutRequest } from './rollout-values.ts'

const usual: RolloutValues = {
  waves: 'usual',
  ownWaves: '',
  soakSeconds: '0',
  budget: 'usual',
  ownBudget: '',
  onBudget: 'stop',
  watchAlarms: '',
}
const own = (ownWaves: string): RolloutValues => ({ ...usual, waves: 'own', ownWaves })

it('asks for what was chosen, and leaves the rest to the server', () => {
  expect(rolloutRequest(usual)).toEqual({})
  expect(rolloutRequest({ ...usual, waves: 'none', soakSeconds: '60', budget: 'none', onBudget: 'undo' })).toEqual({
    waves: 'none',
    errorBudget: null,
  })
  const all = { ...own('1, 5%, 0.25 , 100 %'), soakSeconds: '60', ownBudget: '2.5 %', onBudget: 'undo' } as const
  expect(rolloutRequest({ ...all, budget: 'own' })).toEqual({
    waves: [1, 0.05, 0.25, 1],
    soakSeconds: 60,
    errorBudget: 0.025,
    onBudget: 'undo',
  })
})

it('takes one alarm a line', () => {
  expect(rolloutRequest({ ...usual, watchAlarms: ' arn:a \n\narn:b: x, y\n' })).toEqual({
    watchAlarms: ['arn:a', 'arn:b: x, y'],
  })
  const many = Array.from({ length: 21 }, (_, index) => `arn:${index}`).join('\n')
  expect(Object.keys(rolloutProblems({ ...usual, watchAlarms: many }))).toEqual(['watchAlarms'])
})

it('shows the sizes before anything is planned', () => {
  expect(previewOf(usual, 300)).toEqual([1, 15, 75, 209])
  expect(previewOf(usual, 100)).toEqual([100])
  expect(previewOf(own('10 %, 50'), 200)).toEqual([20, 50, 130])
  expect(previewOf(own('some'), 200)).toBeNull()
})

it('says which field is wrong', () => {
  expect(rolloutProblems(usual)).toEqual({})
  for (const wrong of ['', '1,,2', '1.5', '-1', '0', 'all', '150 %', Array(21).fill(1).join()])
    expect(Object.keys(rolloutProblems(own(wrong))), wrong).toEqual(['waves'])
  for (const soakSeconds of ['1.5', '-1', '86401', 'x'])
    expect(Object.keys(rolloutProblems({ ...usual, soakSeconds })), soakSeconds).toEqual(['soakSeconds'])
  for (const ownBudget of ['', '1.5', '100 %', 'none'])
    expect(Object.keys(rolloutProblems({ ...usual, budget: 'own', ownBudget })), ownBudget).toEqual(['errorBudget'])
})

it('reads from a plan what was asked for', () => {
  const targets = (count: number) =>
    Array.from({ length: count }, () => ({ id: '', name: null, account: '', region: '', before: {}, after: {} }))
  const waves = (...sizes: number[]) =>
    sizes.map((size) => ({ size, expectedSeconds: { calls: 0, waits: 0, total: 0 } }))
  const asked = (count: number, more: object) => rolloutRequest(rolloutOfPlan({ targets: targets(count), ...more }))
  expect(asked(300, { waves: waves(1, 15, 75, 209), errorBudget: 0.05, onBudget: 'stop' })).toEqual({})
  expect(asked(20, {})).toEqual({})
  expect(asked(300, {})).toEqual({ waves: 'none' })
  expect(asked(20, { waves: waves(1, 1, 5, 13), errorBudget: 0.05 })).toEqual({ waves: 'default' })
  expect(asked(20, { waves: waves(5, 15), soakSeconds: 30, errorBudget: 3, onBudget: 'undo' })).toEqual({
    waves: [5, 15],
    soakSeconds: 30,
    errorBudget: 3,
    onBudget: 'undo',
  })
  const watchAlarms = ['arn:a', 'arn:b, and c'].map((id) => ({ id, name: id, ringsSince: null }))
  expect(asked(20, { watchAlarms })).toEqual({ watchAlarms: ['arn:a', 'arn:b, and c'] })
  expect(asked(20, { waves: waves(5, 15) })).toEqual({ waves: [5, 15], errorBudget: null })
})
