import type { Account, ListAccountsCommandInput, ListAccountsCommandOutput } from '@aws-sdk/client-organizations'
import { awsError } from '../aws-error.ts'
import { sandboxAccounts } from '../estate/accounts.ts'
import { fromToken, toToken } from '../names.ts'
import type { Handler } from './context.ts'

const largestPage = 20

/** The company's accounts: those of the estate, one that nobody has added yet, and one that was closed. */
const members: { id: string; name: string; isClosed: boolean }[] = [
  ...sandboxAccounts.map(({ id, name }) => ({ id, name, isClosed: false })),
  { id: '333344445555', name: 'data-lab', isClosed: false },
  { id: '666677778888', name: 'old-website', isClosed: true },
]
/** The one that may ask: in AWS that is the management account or a delegated administrator. */
const administrator = '222233334444'

/** https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
export const listAccounts: Handler<ListAccountsCommandInput, ListAccountsCommandOutput> = (input, { account }) => {
  if (account !== administrator)
    throw awsError('AccessDeniedException', "You don't have permissions to access this resource.", 400)
  const { MaxResults = largestPage, NextToken } = input
  if (!Number.isInteger(MaxResults) || MaxResults < 1 || MaxResults > largestPage)
    throw awsError('InvalidInputException', 'You specified an invalid value: MaxResults must be 1 to 20.', 400)
  const from = NextToken === undefined ? 0 : Number(fromToken(NextToken) ?? Number.NaN)
  if (!Number.isSafeInteger(from))
    throw awsError('InvalidInputException', 'You specified an invalid value: NextToken.', 400)
  const page = members.slice(from, from + MaxResults)
  const next = from + page.length
  return { Accounts: page.map(toAccount), ...(next < members.length ? { NextToken: toToken(String(next)) } : {}) }
}

const toAccount = ({ id, name, isClosed }: (typeof members)[number]): Account => ({
  Id: id,
  Arn: `arn:aws:organizations::${administrator}:account/o-sandbox0000/${id}`,
  Email: `aws+${name}@example.com`,
  Name: name,
  Status: isClosed ? 'SUSPENDED' : 'ACTIVE',
  State: isClosed ? 'CLOSED' : 'ACTIVE',
  JoinedMethod: 'CREATED',
  JoinedTimestamp: new Date(Date.UTC(2021, 3, 1)),
})
