import { expect, it } from 'vitest'
import { changesBetween } from './images.ts'

it('names what changes, entry by entry, and leaves out what stays', () => {
  const before = { state: 'running', tags: { env: 'dev', team: 'web', 'n-10': '1' }, az: 'a' }
  const after = { state: 'stopped', tags: { env: 'prod', 'n-2': '1', 'n-10': '1' }, az: 'a' }
  expect(changesBetween(before, after)).toEqual([
    { field: 'state', from: 'running', to: 'stopped' },
    { field: 'tags.env', from: 'dev', to: 'prod' },
    { field: 'tags.n-2', from: undefined, to: '1' },
    { field: 'tags.team', from: 'web', to: undefined },
  ])
})

it('sees no change in equal lists', () => {
  expect(changesBetween({ groups: ['a', 'b'] }, { groups: ['a', 'b'] })).toEqual([])
})
