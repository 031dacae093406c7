import type { Elb } from '../elb.ts'
import type { ElbContext } from './context.ts'
import { readLoadBalancers } from './load-balancers.ts'
import { readTargetGroups } from './target-groups.ts'

/** Elastic Load Balancing of one account and Region. */
export const createElb = (context: ElbContext): Elb => ({
  loadBalancers: readLoadBalancers(context),
  targetGroups: readTargetGroups(context),
})
