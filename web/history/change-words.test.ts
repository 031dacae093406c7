import { expect, test } from 'vitest'
import { actorWords, changeValue, placeWords, sorted } from './change-words.ts'

test('places are named as people know them; keys of tags stay as they are', () => {
  expect(placeWords({ path: '/state' })).toBe('State')
  expect(placeWords({ path: '/tags/aws:cloudformation:stack-name' })).toBe('Tag aws:cloudformation:stack-name')
  expect(placeWords({ path: '/tags/a~1b~0c' })).toBe('Tag a/b~c')
  expect(placeWords({ path: '/summary/instanceType' })).toBe('Instance type')
  expect(placeWords({ path: '/config/BlockDeviceMappings', index: 2 })).toBe('BlockDeviceMappings[2]')
  expect(placeWords({ path: '/config' })).toBe('Configuration')
})

test('what only the description has stands behind, unless there is nothing else', () => {
  const state = { path: '/state', before: 'a', after: 'b' }
  const detail = { path: '/config/State/Code', before: 1, after: 2 }
  expect(sorted([detail, state])).toEqual({ own: [state], detail: [detail] })
  expect(sorted([detail])).toEqual({ own: [detail], detail: [] })
})

test('values and actors', () => {
  expect(changeValue(undefined)).toBe('–')
  expect(changeValue([])).toBe('–')
  expect(changeValue(['a', 'b'])).toBe('a, b')
  expect(actorWords('arn:aws:sts::1:assumed-role/deploy/jane')).toBe('deploy/jane')
  expect(actorWords('arn:aws:iam::1:user/eve')).toBe('eve')
  expect(actorWords('autoscaling.amazonaws.com')).toBe('autoscaling.amazonaws.com')
})
