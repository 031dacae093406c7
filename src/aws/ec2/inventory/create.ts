import type { Ec2Inventory } from '../../ec2-inventory.ts'
import type { Ec2Context } from '../context.ts'
import { readAddresses } from './addresses.ts'
import { readImages } from './images.ts'
import { readKeyPairs } from './key-pairs.ts'
import { readSubnets, readVpcs } from './networks.ts'
import { readSecurityGroups } from './security-groups.ts'
import { readSnapshots } from './snapshots.ts'

export const createInventory = (context: Ec2Context): Ec2Inventory => ({
  snapshots: readSnapshots(context),
  images: readImages(context),
  securityGroups: readSecurityGroups(context),
  vpcs: readVpcs(context),
  subnets: readSubnets(context),
  addresses: readAddresses(context),
  keyPairs: readKeyPairs(context),
})
