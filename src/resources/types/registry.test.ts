import assert from 'node:assert/strict'
import { test } from 'node:test'
import { locate } from './registry.ts'

const placeOf = (arn: string) => {
  const located = locate(arn)
  return located && [located.type.type, located.account, located.region, located.awsId]
}

test("an ARN says what it names, in AWS's own formats", () => {
  const here = ['111122223333', 'eu-west-1']
  const arn = (service: string, resource: string): string => `arn:aws:${service}:eu-west-1:111122223333:${resource}`
  assert.deepEqual(placeOf(arn('ec2', 'instance/i-0123456789abcdef0')), [
    'ec2.instance',
    ...here,
    'i-0123456789abcdef0',
  ])
  assert.deepEqual(placeOf(arn('ec2', 'volume/vol-1')), ['ec2.volume', ...here, 'vol-1'])
  assert.deepEqual(placeOf(arn('cloudwatch', 'alarm:CPU: too high!')), ['cloudwatch.alarm', ...here, 'CPU: too high!'])
  assert.deepEqual(placeOf(arn('logs', 'log-group:/aws/lambda/f')), ['logs.group', ...here, '/aws/lambda/f'])
  assert.deepEqual(placeOf('arn:aws-cn:logs:cn-north-1:111122223333:log-group:x')?.[2], 'cn-north-1')
})

test('anything else is none', () => {
  for (const arn of [
    '',
    'i-0123456789abcdef0',
    'arn:aws:ec2:eu-west-1:111122223333:instance/web',
    'arn:aws:logs:eu-west-1:111122223333:log-group:/x:*',
    'arn:aws:logs:eu-west-1:111122223333:log-group:/x y',
    'arn:aws:cloudwatch:eu-west-1:111122223333:alarm:line\nbreak',
    `arn:aws:cloudwatch:eu-west-1:111122223333:alarm:${'x'.repeat(256)}`,
    'arn:aws:cloudwatch:eu-west-1:111122223333:dashboard:x',
    'arn:aws:s3:::bucket',
  ])
    assert.equal(placeOf(arn), null, arn)
})
