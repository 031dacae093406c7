import assert from 'node:assert/strict'
import { test } from 'node:test'
import { missingActionsOf } from './missing-actions.ts'

// As AWS says it: IAM User Guide, "Troubleshoot access denied error messages".
test('the action that AWS names is the one that is missing', () => {
  assert.deepEqual(
    missingActionsOf(
      'lambda.function',
      'AccessDeniedException: User: arn:aws:sts::123456789012:assumed-role/x/y is not authorized to perform: lambda:ListFunctions on resource: * because no identity-based policy allows the lambda:ListFunctions action',
    ),
    ['lambda:ListFunctions'],
  )
})

test('where AWS names none it is one of those that the type needs', () => {
  assert.deepEqual(
    missingActionsOf('ec2.volume', 'UnauthorizedOperation: You are not authorized to perform this operation.'),
    ['ec2:DescribeVolumes'],
  )
})

test('another error is no missing permission', () => {
  for (const error of [
    'RequestLimitExceeded: Request limit exceeded.',
    'ExpiredToken: The security token has expired',
    '',
  ])
    assert.deepEqual(missingActionsOf('ec2.volume', error), [])
})
