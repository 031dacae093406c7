import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts'
import { awsError } from '../aws-error.ts'
import type { Handler } from './context.ts'

export const getCallerIdentity: Handler<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput> = (
  _input,
  { account },
) => ({
  UserId: 'AROASANDBOX0000000000:aws-orchestrator',
  Account: account,
  Arn: `arn:aws:sts::${account}:assumed-role/aws-orchestrator/aws-orchestrator`,
})

export const assumeRole: Handler<AssumeRoleCommandInput, AssumeRoleCommandOutput> = (input, { account, nowMs }) => {
  const role = /^arn:aws:iam::(\d{12}):role\/(.+)$/.exec(input.RoleArn ?? '')
  if (role === null) throw awsError('ValidationError', `${input.RoleArn ?? ''} is invalid`)
  if (role[1] !== account) {
    throw awsError(
      'AccessDenied',
      `User is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn ?? ''}`,
      403,
    )
  }
  const session = input.RoleSessionName ?? 'session'
  return {
    Credentials: {
      AccessKeyId: 'ASIASANDBOX000000000',
      SecretAccessKey: 'sandbox',
      SessionToken: 'sandbox',
      Expiration: new Date(nowMs + (input.DurationSeconds ?? 3600) * 1000),
    },
    AssumedRoleUser: {
      AssumedRoleId: `AROASANDBOX0000000000:${session}`,
      Arn: `arn:aws:sts::${account}:assumed-role/${role[2]}/${session}`,
    },
  }
}
