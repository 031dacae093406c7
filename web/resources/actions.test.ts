import { expect, it } from 'vitest'
import type { OperationInfo } from '#contracts/operation.ts'
import type { Resource } from '#contracts/resource.ts'
import { actionItems } from './actions.ts'
import { settingOf } from './resource-columns.tsx'

const operation = (name: string, targetType: string, targetsBy: OperationInfo['targetsBy']): OperationInfo => ({
  name,
  version: 1,
  title: name,
  description: '',
  targetType,
  targetsBy,
  params: {},
  risk: 'R1',
  undo: { label: 'exact', note: null },
  steps: [],
  iamActions: [],
  maxTargets: 10,
  batchSize: 1,
  links: { self: '' },
})
const operations = [
  operation('cloudwatch.alarm.put', 'cloudwatch.alarm', 'place'),
  operation('logs.retention', 'logs.group', 'resources'),
]
const group = { type: 'logs.group' } as Resource
const choosable = (rows: Resource[], mayCreate = true) =>
  actionItems(operations, { kind: 'rows', rows }, mayCreate)
    .filter((item) => !('disabled' in item && item.disabled))
    .map(({ id }) => id)

it('offers what makes something without a selection, the rest for what fits', () => {
  expect(choosable([])).toEqual(['cloudwatch.alarm.put'])
  expect(choosable([group])).toEqual(['cloudwatch.alarm.put', 'logs.retention'])
  expect(choosable([group], false)).toEqual([])
})

it('says what is set: when an alarm goes off, for how long logs are kept', () => {
  const alarm = { metricName: 'CPUUtilization', comparisonOperator: 'GreaterThanThreshold', threshold: 85 }
  expect(settingOf('cloudwatch.alarm', alarm)).toBe('CPUUtilization > 85')
  expect(settingOf('cloudwatch.alarm', { metricName: null })).toBeNull()
  expect(settingOf('logs.group', { retentionDays: 1 })).toBe('kept for 1 day')
  expect(settingOf('logs.group', { retentionDays: null })).toBe('never expires')
  expect(settingOf('ec2.instance', {})).toBeNull()
})

it('offers resize and terminate for running and stopped instances, and snapshots for any', () => {
  const names = ['ec2.resize', 'ec2.terminate', 'ec2.snapshot', 'ec2.start']
  const onInstances = names.map((name) => operation(name, 'ec2.instance', 'resources'))
  const offered = (...states: string[]) =>
    actionItems(
      onInstances,
      { kind: 'rows', rows: states.map((state) => ({ type: 'ec2.instance', state }) as Resource) },
      true,
    )
      .filter((item) => !('disabled' in item && item.disabled))
      .map(({ id }) => id)
  expect(offered('running')).toEqual(['ec2.resize', 'ec2.terminate', 'ec2.snapshot'])
  expect(offered('stopped', 'terminated')).toEqual(names)
  expect(offered('terminated')).toEqual(['ec2.snapshot'])
})
