import type { AutoScaling } from '../autoscaling.ts'
import type { AutoScalingContext } from './context.ts'
import { readGroups } from './groups.ts'

/** Auto Scaling of one account and Region. */
export const createAutoScaling = (context: AutoScalingContext): AutoScaling => ({ groups: readGroups(context) })
