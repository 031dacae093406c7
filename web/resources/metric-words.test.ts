import { expect, test } from 'vitest'
import { hasMetrics, metricName, metricValue, periodWords } from './metric-words.ts'

test('a value is short and has its unit', () => {
  expect(metricValue(12.345, 'Percent')).toBe('12.3 %')
  expect(metricValue(0.0423, 'Seconds')).toBe('42.3 ms')
  expect(metricValue(1.5, 'Seconds')).toBe('1.5 s')
  expect(metricValue(2500, 'Milliseconds')).toBe('2.5 s')
  expect(metricValue(3_200_000, 'Bytes')).toBe('3.2 MB')
  expect(metricValue(1234, 'Count')).toBe('1.23K')
  expect(metricValue(0, 'Count')).toBe('0')
})

test('names are words', () => {
  expect(metricName('NetworkIn')).toBe('Network in')
  expect(metricName('VolumeReadOps')).toBe('Volume read ops')
  expect(metricName('CPUUtilization')).toBe('CPU')
  expect(metricName('CPUCreditBalance')).toBe('CPU credit balance')
  expect(metricName('GroupInServiceInstances')).toBe('Group in service instances')
})

test('periods are words', () => {
  expect(periodWords(60)).toBe('each minute')
  expect(periodWords(600)).toBe('each 10 minutes')
  expect(periodWords(86_400)).toBe('each day')
})

test('what has metrics is told by its ARN', () => {
  const has = [
    'arn:aws:ec2:us-east-1:1:instance/i-1',
    'arn:aws:s3:::backups',
    'arn:aws:lambda:us-east-1:1:function:resize',
  ]
  for (const id of has) expect(hasMetrics(id)).toBe(true)
  for (const id of ['arn:aws:ec2:us-east-1:1:security-group/sg-1', 'arn:aws:iam::1:role/x'])
    expect(hasMetrics(id)).toBe(false)
})
