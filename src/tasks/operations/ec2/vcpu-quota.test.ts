import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ec2InstanceType } from '#aws/ec2.ts'
import type { Scope } from '../../operation.ts'
import { vcpuClassOf, vcpuWarnings } from './vcpu-quota.ts'

test('types count for the class that AWS puts their family into', () => {
  // https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
  const expected = {
    'a1.large': 'Standard',
    'c7gn.large': 'Standard',
    'im4gn.large': 'Standard',
    'm5.large': 'Standard',
    't3.micro': 'Standard',
    'z1d.large': 'Standard',
    'f1.2xlarge': 'F',
    'g4dn.xlarge': 'G',
    'vt1.3xlarge': 'G',
    'p4d.24xlarge': 'P',
    'inf2.xlarge': 'Inf',
    'trn1.2xlarge': 'Trn',
    'dl1.24xlarge': 'DL',
    'x2idn.16xlarge': 'X',
    'u-6tb1.metal': 'HighMem',
    'hpc6a.48xlarge': 'HPC',
    'mac1.metal': null,
  }
  for (const [type, kind] of Object.entries(expected)) assert.equal(vcpuClassOf(type), kind, type)
})

const vcpus: Record<string, number> = { 'm5.large': 2, 'm5.xlarge': 4, 'g4dn.xlarge': 4 }
/** An account that uses so many vCPUs of so many, by class. */
const scopeOf = (usage: Record<string, { used: number; quota: number }>): Scope =>
  ({
    account: { id: '111111111111' },
    region: 'eu-west-1',
    call: { priority: 'interactive' },
    aws: {
      ec2: async () => ({
        describeInstanceTypes: async (_call: unknown, names: string[]) =>
          names.map((name) => ({ name, vcpus: vcpus[name] ?? null }) as Ec2InstanceType),
      }),
      cloudwatch: async () => ({
        serviceUsage: async (_call: unknown, metrics: { class: string }[]) =>
          metrics.map((metric) => usage[metric.class] ?? null),
      }),
    },
  }) as unknown as Scope

const start = (id: string, type: string) => ({ id, type, instead: null })

test('what fits is not spoken of, and what comes after it is, with what the ones before need', async () => {
  const scope = scopeOf({ 'Standard/OnDemand': { used: 58, quota: 64 } })
  const warnings = await vcpuWarnings(scope, [
    start('a', 'm5.xlarge'), // 58 + 4 = 62
    start('b', 'm5.large'), // 64
    start('c', 'm5.large'), // 66
  ])
  assert.deepEqual(warnings, [
    {
      id: 'c',
      why: 'may be refused: it needs 2 vCPUs, but 58 of the 64 that Standard instances may have in eu-west-1 are in use, and the targets before it need 6 more',
      isCertain: false,
    },
  ])
})

test('each class has its own quota, and one that AWS says nothing of is left out', async () => {
  const scope = scopeOf({ 'G/OnDemand': { used: 0, quota: 0 } })
  const warnings = await vcpuWarnings(scope, [start('a', 'm5.large'), start('b', 'g4dn.xlarge')])
  assert.deepEqual(
    warnings.map(({ id }) => id),
    ['b'],
  )
})

test('a running instance that changes its type needs only what it has not yet', async () => {
  const scope = scopeOf({ 'Standard/OnDemand': { used: 62, quota: 64 } })
  const resize = (type: string, instead: string) => vcpuWarnings(scope, [{ id: 'a', type, instead }])
  assert.equal((await resize('m5.xlarge', 'm5.large')).length, 0) // 62 + 2
  assert.equal((await resize('m5.large', 'm5.xlarge')).length, 0)
  assert.equal((await resize('m5.xlarge', 'g4dn.xlarge')).length, 1) // 62 + 4
})
