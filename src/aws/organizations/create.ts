import type { Account as SdkAccount, OrganizationsClient } from '@aws-sdk/client-organizations'
import type { MemberAccount, Organizations } from '../organizations.ts'
import { cleanText } from '../send/clean.ts'
import type { Send } from '../send/send.ts'

/** The API's largest page. */
const pageSize = 20

export const createOrganizations = ({
  sdk,
  client,
  send,
}: {
  sdk: typeof import('@aws-sdk/client-organizations')
  client: OrganizationsClient
  send: Send
}): Organizations => ({
  listAccounts: async function* (call) {
    let token: string | undefined
    do {
      const command = new sdk.ListAccountsCommand({
        MaxResults: pageSize,
        ...(token === undefined ? {} : { NextToken: token }),
      })
      const output = await send({ action: 'ListAccounts', effect: 'read', call }, command, (options) =>
        client.send(command, options),
      )
      yield (output.Accounts ?? []).flatMap(toMember)
      token = output.NextToken
    } while (token)
  },
})

const toMember = ({ Id: id, Name: name, State, Status }: SdkAccount): MemberAccount[] => {
  if (id === undefined || !/^\d{12}$/.test(id)) return []
  // `Status` is AWS's older word for it.
  const status = statuses[State ?? Status ?? ''] ?? 'active'
  return [{ id, name: cleanText(name ?? id).slice(0, 100), status }]
}

const statuses: Record<string, MemberAccount['status']> = {
  PENDING_CLOSURE: 'closing',
  SUSPENDED: 'closed',
  CLOSED: 'closed',
}

/** Organizations has one endpoint in each partition of AWS. https://docs.aws.amazon.com/general/latest/gr/ao.html */
export const organizationsRegion = (partition: string): string =>
  ({ 'aws-cn': 'cn-northwest-1', 'aws-us-gov': 'us-gov-west-1' })[partition] ?? 'us-east-1'
