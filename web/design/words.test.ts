import { expect, it } from 'vitest'
import { bytesWords, counted, fieldWords, naturally, shortId, totalWords, usdChange, valueWords } from './words.ts'

it('sorts as people do', () => {
  expect(['web-10', 'web-2', 'Web-1'].toSorted(naturally)).toEqual(['Web-1', 'web-2', 'web-10'])
})

it('counts and says beyond what it counted', () => {
  expect(counted(1, 'target')).toBe('1 target')
  expect(counted(1200, 'target')).toBe('1,200 targets')
  expect(totalWords({ value: 10_000, relation: 'gte' })).toBe('10,000+')
})

it('names money with a sign', () => {
  expect(usdChange(-3.2)).toBe('−$3.20')
  expect(usdChange(12)).toBe('+$12.00')
  expect(usdChange(0.001)).toBe('no change')
})

it('shortens ARNs and reads values and field names', () => {
  expect(shortId('arn:aws:ec2:eu-central-1:111122223333:instance/i-0abc')).toBe('i-0abc')
  expect(shortId('i-0abc')).toBe('i-0abc')
  expect(shortId('arn:aws:logs:eu-central-1:111122223333:log-group:/prod/web')).toBe('/prod/web')
  expect(shortId('arn:aws:cloudwatch:eu-central-1:111122223333:alarm:CPU: high')).toBe('CPU: high')
  expect(valueWords(['a', 1, true])).toBe('a, 1, yes')
  expect(valueWords(null)).toBe('–')
  expect(fieldWords('privateIpAddress')).toBe('Private IP address')
  expect(fieldWords('isEncrypted')).toBe('Encrypted')
  expect(fieldWords('sizeGib')).toBe('Size GiB')
  expect(fieldWords('vpcId')).toBe('VPC ID')
  expect(fieldWords('securityGroupIds')).toBe('Security group IDs')
})

it('counts bytes by the thousand', () => {
  expect([0, 999, 1500, 2_500_000_000, 3e12].map(bytesWords)).toEqual([
    '0 bytes',
    '999 bytes',
    '1.5 kB',
    '2.5 GB',
    '3 TB',
  ])
})
