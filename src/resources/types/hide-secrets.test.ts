import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hideSecrets } from './hide-secrets.ts'

test('what is called like a secret is hidden, wherever it lies; what only names one stays', () => {
  assert.deepEqual(
    hideSecrets({
      DBInstanceIdentifier: 'main',
      MasterUserPassword: 'hunter2',
      MasterUserSecret: { SecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x' },
      AuthToken: 'abc',
      Nested: [{ ApiPrivateKey: 'pem', Port: 5432 }],
      ManageMasterUserPassword: true,
    }),
    {
      DBInstanceIdentifier: 'main',
      MasterUserPassword: '(hidden)',
      MasterUserSecret: { SecretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:x' },
      AuthToken: '(hidden)',
      Nested: [{ ApiPrivateKey: '(hidden)', Port: 5432 }],
      ManageMasterUserPassword: true,
    },
  )
})

test('of environment variables there are only the names, in both of the forms that AWS has', () => {
  assert.deepEqual(
    hideSecrets({
      ContainerDefinitions: [{ Name: 'app', Environment: [{ Name: 'DATABASE_URL', Value: 'postgres://u:p@h' }] }],
      EnvironmentVariables: { STAGE: 'prod' },
      Environment: { Variables: { KEY: 'x' } },
    }),
    {
      ContainerDefinitions: [{ Name: 'app', Environment: [{ Name: 'DATABASE_URL', Value: '(hidden)' }] }],
      EnvironmentVariables: { STAGE: '(hidden)' },
      Environment: { Variables: { KEY: '(hidden)' } },
    },
  )
})
