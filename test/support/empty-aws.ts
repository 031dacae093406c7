import type { AutoScaling } from '#aws/autoscaling.ts'
import type { Ec2Inventory } from '#aws/ec2-inventory.ts'
import type { Elb } from '#aws/elb.ts'
import type { Reader } from '#aws/reader.ts'

/** What a fake cloud has where a test doesn't care: nothing. */
export const nothing: Reader<never> = {
  list: async function* () {},
  describe: async () => [],
}

export const emptyInventory: Ec2Inventory = {
  snapshots: nothing,
  images: nothing,
  securityGroups: nothing,
  vpcs: nothing,
  subnets: nothing,
  addresses: nothing,
  keyPairs: nothing,
}

export const emptyElb: Elb = { loadBalancers: nothing, targetGroups: nothing }

export const emptyAutoScaling: AutoScaling = { groups: nothing }
