import type { Family, Measure, MeasureContext } from './measure.ts'
import { measureInstance } from './instances.ts'

/** Instances of a group that are looked at for their mean. */
const mostInstances = 8

const groupOf = ({ world, partition }: MeasureContext, name: string) =>
  world.estate.around(partition).autoScalingGroups.find((group) => group.name === name)

export const autoScalingFamily: Family = {
  namespace: 'AWS/AutoScaling',
  dimensions: ['AutoScalingGroupName'],
  names: ['GroupInServiceInstances', 'GroupDesiredCapacity'],
  of: (context, { AutoScalingGroupName = '' }) => {
    const group = groupOf(context, AutoScalingGroupName)
    return group === undefined ? undefined : () => group.desiredCapacity
  },
}

/** EC2's own metrics, over the instances of a group. */
export const groupInstancesFamily: Family = {
  namespace: 'AWS/EC2',
  dimensions: ['AutoScalingGroupName'],
  names: ['CPUUtilization', 'NetworkIn', 'NetworkOut'],
  of: (context, { AutoScalingGroupName = '' }, name) => {
    const { world, partition } = context
    const group = groupOf(context, AutoScalingGroupName)
    if (group === undefined) return undefined
    const measures = group.instances
      .slice(0, mostInstances)
      .map((index) => measureInstance(world.estate.instance(partition, index), name, context))
      .filter((measure): measure is Measure => measure !== undefined)
    return (atMs) => {
      const values = measures.map((measure) => measure(atMs)).filter((value): value is number => value !== undefined)
      if (values.length === 0) return undefined
      const sum = values.reduce((total, value) => total + value, 0)
      return name === 'CPUUtilization' ? sum / values.length : (sum / values.length) * group.instances.length
    }
  },
}
