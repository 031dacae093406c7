import type { Handler } from './context.ts'
import { describeAlarms } from './describe-alarms.ts'
import { describeInstanceAttribute } from './describe-instance-attribute.ts'
import { describeInstanceStatus } from './describe-instance-status.ts'
import { describeInstances } from './describe-instances.ts'
import { describeVolumes } from './describe-volumes.ts'
import { getMetricData } from './get-metric-data.ts'
import { createImage, deregisterImage, describeImages } from './images.ts'
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instance-types.ts'
import { listMetrics } from './list-metrics.ts'
import { deleteRetentionPolicy, describeLogGroups, putRetentionPolicy } from './log-groups.ts'
import { modifyInstanceAttribute } from './modify-instance-attribute.ts'
import { rebootInstances, startInstances, stopInstances } from './power.ts'
import { createSnapshots, deleteSnapshot, describeSnapshots } from './snapshots.ts'
import { assumeRole, getCallerIdentity } from './sts.ts'
import { createTags, deleteTags, describeTags } from './tags.ts'
import { deleteAlarms, putMetricAlarm } from './write-alarms.ts'
import { terminateInstances } from './terminate.ts'

// oxlint-disable-next-line typescript/no-explicit-any -- the action's name says which of the SDK's types go in and come out
type AnyHandler = Handler<any, any>

/** Every action that the sandbox knows, by service. */
export const handlers: Record<string, Record<string, AnyHandler>> = {
  ec2: {
    DescribeInstances: describeInstances,
    DescribeInstanceStatus: describeInstanceStatus,
    DescribeInstanceAttribute: describeInstanceAttribute,
    DescribeVolumes: describeVolumes,
    DescribeTags: describeTags,
    DescribeInstanceTypes: describeInstanceTypes,
    DescribeInstanceTypeOfferings: describeInstanceTypeOfferings,
    DescribeSnapshots: describeSnapshots,
    DescribeImages: describeImages,
    ModifyInstanceAttribute: modifyInstanceAttribute,
    CreateSnapshots: createSnapshots,
    DeleteSnapshot: deleteSnapshot,
    CreateImage: createImage,
    DeregisterImage: deregisterImage,
    TerminateInstances: terminateInstances,
    StartInstances: startInstances,
    StopInstances: stopInstances,
    RebootInstances: rebootInstances,
    CreateTags: createTags,
    DeleteTags: deleteTags,
  },
  cloudwatch: {
    GetMetricData: getMetricData,
    ListMetrics: listMetrics,
    DescribeAlarms: describeAlarms,
    PutMetricAlarm: putMetricAlarm,
    DeleteAlarms: deleteAlarms,
  },
  logs: {
    DescribeLogGroups: describeLogGroups,
    PutRetentionPolicy: putRetentionPolicy,
    DeleteRetentionPolicy: deleteRetentionPolicy,
  },
  sts: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
}
