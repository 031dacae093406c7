import type { Ec2 } from '../ec2.ts'
import type { Ec2Context } from './context.ts'
import { describeInstances, listInstances } from './describe-instances.ts'
import { describeImages, describeSnapshots } from './describe-made.ts'
import { describeVolumes, listVolumes } from './describe-volumes.ts'
import { describeInstanceStatus } from './instance-status.ts'
import { createInventory } from './inventory/create.ts'
import { describeInstanceTypes, zonesOffering } from './instance-types.ts'
import { modifyInstanceType } from './modify-type.ts'
import { rebootInstances, startInstances, stopInstances, terminateInstances } from './power.ts'
import { isStopProtected, isTerminationProtected } from './protection.ts'
import { createImage, createSnapshots, deleteSnapshot, deregisterImage } from './write-made.ts'
import { createTags, deleteTags } from './write-tags.ts'

/** EC2 of one account and Region. */
export const createEc2 = (context: Ec2Context): Ec2 => ({
  describeInstances: describeInstances(context),
  listInstances: listInstances(context),
  listVolumes: listVolumes(context),
  describeVolumes: describeVolumes(context),
  inventory: createInventory(context),
  describeInstanceTypes: describeInstanceTypes(context),
  zonesOffering: zonesOffering(context),
  describeSnapshots: describeSnapshots(context),
  describeImages: describeImages(context),
  describeInstanceStatus: describeInstanceStatus(context),
  isStopProtected: isStopProtected(context),
  isTerminationProtected: isTerminationProtected(context),
  startInstances: startInstances(context),
  stopInstances: stopInstances(context),
  rebootInstances: rebootInstances(context),
  terminateInstances: terminateInstances(context),
  modifyInstanceType: modifyInstanceType(context),
  createSnapshots: createSnapshots(context),
  deleteSnapshot: deleteSnapshot(context),
  createImage: createImage(context),
  deregisterImage: deregisterImage(context),
  createTags: createTags(context),
  deleteTags: deleteTags(context),
})
