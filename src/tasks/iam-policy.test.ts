import { test } from 'node:test'
import assert from 'node:assert/strict'
import { operations } from './catalogue.ts'
import { scopesOf, unscoped } from './catalogue/iam-scopes.ts'
import { iamPolicy } from './iam-policy.ts'

/** What the inventory reads; the command line's test has the real list. */
const inventory = ['cloudwatch:GetMetricData', 'ec2:DescribeInstances', 'logs:DescribeLogGroups']

const named = (...names: string[]) => operations.filter(({ name }) => names.includes(name))

// Written by hand after the IAM reference (Service Authorization Reference: EC2, CloudWatch, CloudWatch Logs, KMS).
test('a policy for looking only', () => {
  assert.deepEqual(iamPolicy(inventory, []), {
    Version: '2012-10-17',
    Statement: [{ Sid: 'Read', Effect: 'Allow', Action: inventory, Resource: '*' }],
  })
})

test('a policy for five operations: the least that they and their undos need', () => {
  assert.deepEqual(
    iamPolicy(inventory, named('ec2.start', 'ec2.stop', 'ec2.tag', 'cloudwatch.alarm.put', 'logs.retention')).Statement,
    [
      {
        Sid: 'Read',
        Effect: 'Allow',
        Action: [
          'cloudformation:GetResource',
          'cloudwatch:DescribeAlarms',
          'cloudwatch:GetMetricData',
          'ec2:DescribeInstanceStatus',
          'ec2:DescribeInstanceTypes',
          'ec2:DescribeInstances',
          'ec2:DescribeVolumes',
          'kms:DescribeKey',
          'kms:GetKeyPolicy',
          'kms:GetKeyRotationStatus',
          'kms:ListResourceTags',
          'logs:DescribeLogGroups',
        ],
        Resource: '*',
      },
      {
        Sid: 'Alarms',
        Effect: 'Allow',
        Action: ['cloudwatch:DeleteAlarms', 'cloudwatch:PutMetricAlarm'],
        Resource: 'arn:aws:cloudwatch:*:*:alarm:*',
      },
      {
        Sid: 'GrantsForVolumes',
        Effect: 'Allow',
        Action: ['kms:CreateGrant'],
        Resource: 'arn:aws:kms:*:*:key/*',
        Condition: {
          Bool: { 'kms:GrantIsForAWSResource': 'true' },
          StringLike: { 'kms:ViaService': 'ec2.*.amazonaws.com' },
        },
      },
      {
        Sid: 'InstancesNotProtected',
        Effect: 'Allow',
        Action: ['ec2:StartInstances', 'ec2:StopInstances'],
        Resource: 'arn:aws:ec2:*:*:instance/*',
        Condition: { StringEqualsIgnoreCaseIfExists: { 'aws:ResourceTag/orchestrator:protected': 'false' } },
      },
      {
        Sid: 'LogGroups',
        Effect: 'Allow',
        Action: ['logs:DeleteRetentionPolicy', 'logs:PutRetentionPolicy'],
        Resource: 'arn:aws:logs:*:*:log-group:*',
      },
      {
        Sid: 'TagInstances',
        Effect: 'Allow',
        Action: ['ec2:CreateTags', 'ec2:DeleteTags'],
        Resource: 'arn:aws:ec2:*:*:instance/*',
      },
    ],
  )
})

test('tags of what is being made are allowed with the making only', () => {
  const snapshot = ['ec2:CreateSnapshots', 'ec2:CreateTags', 'ec2:DeleteSnapshot', 'ec2:DescribeSnapshots']
  const bySid = new Map(iamPolicy([], [{ iamActions: snapshot }]).Statement.map((one) => [one.Sid, one]))
  assert.deepEqual(bySid.get('TagCopies'), {
    Sid: 'TagCopies',
    Effect: 'Allow',
    Action: ['ec2:CreateTags'],
    Resource: ['arn:aws:ec2:*::snapshot/*', 'arn:aws:ec2:*::image/*'],
    Condition: { StringEquals: { 'ec2:CreateAction': ['CreateImage', 'CreateSnapshot', 'CreateSnapshots'] } },
  })
  assert.deepEqual(bySid.get('DeleteOwnCopies')?.Condition, { Null: { 'aws:ResourceTag/orchestrator:step': 'false' } })
  assert.deepEqual([...bySid.keys()], ['Read', 'DeleteOwnCopies', 'MakeCopies', 'TagCopies'])
})

test('who marks instances and makes copies of them may tag both', () => {
  const { Statement } = iamPolicy([], named('ec2.terminate'))
  const tagging = Statement.filter(({ Action }) => Action.includes('ec2:CreateTags'))
  assert.deepEqual(
    tagging.map(({ Sid, Resource }) => [Sid, Resource]),
    [
      ['TagCopies', ['arn:aws:ec2:*::snapshot/*', 'arn:aws:ec2:*::image/*']],
      ['TagInstances', 'arn:aws:ec2:*:*:instance/*'],
    ],
  )
})

test('every action of the catalogue is narrowed down, and the whole fits into a managed policy', () => {
  for (const { name, iamActions } of operations)
    for (const action of iamActions) {
      assert.match(action, /^[a-z0-9-]+:[A-Z][A-Za-z]+$/)
      const scopes = scopesOf(action, iamActions)
      assert.ok(scopes.length > 0 && !scopes.includes(unscoped), `${action} of ${name} has no scope in iam-scopes.ts`)
    }
  const policy = iamPolicy(inventory, operations)
  const sids = policy.Statement.map(({ Sid }) => Sid)
  assert.equal(new Set(sids).size, sids.length)
  for (const sid of sids) assert.match(sid, /^[A-Za-z0-9]+$/)
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, white space not counted
  assert.ok(JSON.stringify(policy).length <= 6144)
})

test('terminating tags the instance, and the copies as they are made; snapshots only the copies', () => {
  const sidsWithCreateTags = (name: string): string[] =>
    iamPolicy([], named(name)).Statement.flatMap(({ Sid, Action }) => (Action.includes('ec2:CreateTags') ? [Sid] : []))
  assert.deepEqual(sidsWithCreateTags('ec2.terminate'), ['TagCopies', 'TagInstances'])
  assert.deepEqual(sidsWithCreateTags('ec2.snapshot'), ['TagCopies'])
  assert.deepEqual(sidsWithCreateTags('ec2.tag'), ['TagInstances'])
})
