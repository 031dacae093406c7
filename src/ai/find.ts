import type { Account } from '#aws/cloud.ts'
import type { ResourceDetails } from '#contracts/inventory.ts'
import type { Principal } from '#contracts/principal.ts'

/** One resource, where the principal may read it; throws `resource_not_found` elsewhere, as the resource service does. */
export type Find = (principal: Principal, id: string) => Promise<{ resource: ResourceDetails; account: Account }>
