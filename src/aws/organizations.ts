import type { Call } from './call.ts'

/** An account of an organization. */
export type MemberAccount = {
  /** 12 digits. */
  id: string
  name: string
  /** Open, on its way to be closed, or closed. */
  status: 'active' | 'closing' | 'closed'
}

/** AWS Organizations, as its management account or a delegated administrator may see it. */
export type Organizations = {
  listAccounts: (call: Call) => AsyncIterable<MemberAccount[]>
}
