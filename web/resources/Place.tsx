import { Second } from '../design/Second.tsx'
import { AccountName } from './AccountName.tsx'

/** Where something is: the account, and its Region below. */
export const Place = ({ account, region }: { account: string; region: string }) => (
  <>
    <AccountName id={account} />
    <Second>{region}</Second>
  </>
)
