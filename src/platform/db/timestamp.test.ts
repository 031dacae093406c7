import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import pg from 'pg'
import { createParseTimestamp } from './timestamp.ts'

const driver = pg.types.getTypeParser(pg.types.builtins.TIMESTAMPTZ) as (text: string) => unknown
const parse = createParseTimestamp(driver)

test('a timestamp in UTC is read to the millisecond', () => {
  for (const [text, iso] of [
    ['2026-11-27 21:45:12.345678+00', '2026-11-27T21:45:12.345Z'],
    ['2026-11-27 21:45:12.9999+00', '2026-11-27T21:45:12.999Z'],
    ['2026-11-27 21:45:12.3+00', '2026-11-27T21:45:12.300Z'],
    ['2026-11-27 21:45:12+00', '2026-11-27T21:45:12.000Z'],
    ['0099-02-28 00:00:00+00', '0099-02-28T00:00:00.000Z'],
    ['2028-02-29 23:59:59.000001+00', '2028-02-29T23:59:59.000Z'],
  ] as const)
    assert.equal((parse(text) as Date).toISOString(), iso)
})

test('other zones, years and infinity are read by the driver', () => {
  assert.equal((parse('2026-11-27 21:45:12+05:30') as Date).toISOString(), '2026-11-27T16:15:12.000Z')
  assert.equal((parse('0044-03-15 12:00:00+00 BC') as Date).getUTCFullYear(), -43)
  assert.equal((parse('12026-01-01 00:00:00+00') as Date).getUTCFullYear(), 12_026)
  assert.equal(parse('infinity'), Infinity)
  assert.equal(parse('-infinity'), -Infinity)
})

test('any time is read as the driver reads it', () => {
  const anyTime = fc.date({
    min: new Date('0100-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(
      anyTime,
      fc.integer({ min: 0, max: 999_999 }),
      fc.integer({ min: 0, max: 6 }),
      (date, fraction, decimals) => {
        const end = decimals === 0 ? '' : `.${String(fraction).padStart(6, '0').slice(0, decimals)}`
        const text = `${date.toISOString().slice(0, 19).replace('T', ' ')}${end}+00`
        assert.equal((parse(text) as Date).getTime(), (driver(text) as Date).getTime(), text)
      },
    ),
  )
})
