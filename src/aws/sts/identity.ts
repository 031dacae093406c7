import type { STSClient } from '@aws-sdk/client-sts'
import type { Call } from '../call.ts'
import type { CallerIdentity } from '../cloud.ts'
import type { Send } from '../send/send.ts'

/** Whose credentials these are. Needs no permission at all, so a refusal means that the credentials are bad. */
export const getIdentity = async (
  { sdk, client, send }: { sdk: typeof import('@aws-sdk/client-sts'); client: STSClient; send: Send },
  call: Call,
): Promise<CallerIdentity> => {
  const command = new sdk.GetCallerIdentityCommand({})
  const output = await send({ action: 'GetCallerIdentity', effect: 'read', call }, command, (options) =>
    client.send(command, options),
  )
  return { account: output.Account ?? '', arn: output.Arn ?? '' }
}
