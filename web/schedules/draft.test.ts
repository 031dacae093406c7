import { expect, test } from 'vitest'
import { draftOf, targetsOf, timesOf } from './draft.ts'

test('ids, one a line, are ids; anything else is a query', () => {
  expect(targetsOf('i-0abc12345\narn:aws:ec2:eu-west-1:1:instance/i-0123456789abcdef0\n')).toEqual({
    ids: ['i-0abc12345', 'arn:aws:ec2:eu-west-1:1:instance/i-0123456789abcdef0'],
  })
  expect(targetsOf(' type:ec2.instance tag.env:dev ')).toEqual({ query: 'type:ec2.instance tag.env:dev' })
})

test('times say of the other kind that it is none', () => {
  const draft = { ...draftOf(null), cron: ' 0 7 * * * ', timeZone: 'UTC', skipDates: '2026-12-25, 2026-12-26\n' }
  expect(timesOf(draft)).toEqual({
    cron: '0 7 * * *',
    at: null,
    timeZone: 'UTC',
    skipDates: ['2026-12-25', '2026-12-26'],
  })
  expect(timesOf({ ...draft, kind: 'at', at: '2027-01-31T19:00' }).cron).toBeNull()
})
