import type { Ec2 } from '../ec2.ts'
import type { Ec2Context } from './context.ts'
import { describeInstances, listInstances } from './describe-instances.ts'
import { describeInstanceStatus } from './instance-status.ts'
import { listVolumes } from './list-volumes.ts'
import { rebootInstances, startInstances, stopInstances } from './power.ts'
import { isStopProtected } from './stop-protection.ts'
import { createTags, deleteTags } from './write-tags.ts'

/** EC2 of one account and Region. */
export const createEc2 = (context: Ec2Context): Ec2 => ({
  describeInstances: describeInstances(context),
  listInstances: listInstances(context),
  listVolumes: listVolumes(context),
  describeInstanceStatus: describeInstanceStatus(context),
  isStopProtected: isStopProtected(context),
  startInstances: startInstances(context),
  stopInstances: stopInstances(context),
  rebootInstances: rebootInstances(context),
  createTags: createTags(context),
  deleteTags: deleteTags(context),
})
