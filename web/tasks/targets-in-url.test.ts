import { expect, it } from 'vitest'
import type { Targets } from '#contracts/resource.ts'
import { newTaskHref, targetsIn } from './targets-in-url.ts'

const back = (targets: Targets) => {
  const { to, state } = newTaskHref('ec2.stop', targets)
  return { targets: targetsIn(new URL(to, 'http://x').searchParams, state), to }
}

it('keeps a query and its scope in the address', () => {
  const targets = { query: 'type:ec2.instance tag.env:"a b"', region: 'eu-central-1' }
  expect(back(targets).targets).toEqual(targets)
  expect(targetsIn(new URL(back(targets).to, 'http://x').searchParams, null)).toEqual(targets)
})

it('keeps a long selection beside the address', () => {
  const ids = Array.from({ length: 200 }, (_, n) => `arn:aws:ec2:eu-central-1:111122223333:instance/i-${n}`)
  expect(back({ ids }).targets).toEqual({ ids })
  expect(back({ ids }).to.length).toBeLessThan(100)
})

it('keeps the place where something is made', () => {
  const place = { account: '111122223333', region: 'eu-central-1' }
  expect(targetsIn(new URL(back(place).to, 'http://x').searchParams, null)).toEqual(place)
  const ids = Array.from({ length: 200 }, (_, n) => `arn:aws:ec2:eu-central-1:111122223333:instance/i-${n}`)
  expect(back({ ids, ...place }).targets).toEqual({ ids, ...place })
})

it('has no targets where none were given', () => {
  expect(targetsIn(new URLSearchParams(), null)).toBeNull()
})
