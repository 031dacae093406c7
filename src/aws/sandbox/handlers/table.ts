import type { Handler } from './context.ts'
import { getResource } from './cloud-control.ts'
import { getCostAndUsageWithResources } from './costs.ts'
import { getCostAndUsage } from './daily-costs.ts'
import { getDashboard, listDashboards } from './dashboards.ts'
import { describeAddresses } from './addresses.ts'
import { describeAutoScalingGroups } from './auto-scaling-groups.ts'
import { describeAlarms } from './describe-alarms.ts'
import { describeInstanceAttribute } from './describe-instance-attribute.ts'
import { describeInstanceStatus } from './describe-instance-status.ts'
import { describeInstances } from './describe-instances.ts'
import { describeVolumes } from './describe-volumes.ts'
import { getMetricData } from './get-metric-data.ts'
import { createImage, deregisterImage, describeImages } from './images.ts'
import {
  getAccountAuthorizationDetails,
  getRole,
  listAttachedRolePolicies,
  listInstanceProfilesForRole,
  listRolePolicies,
  listRoles,
} from './iam.ts'
import { describeInstanceTypeOfferings, describeInstanceTypes } from './instance-types.ts'
import { describeKeyPairs } from './key-pairs.ts'
import { listMetrics } from './list-metrics.ts'
import {
  getAlias,
  getEventSourceMapping,
  listAliases,
  listEventSourceMappings,
  listLayers,
  listLayerVersions,
} from './lambda-around.ts'
import {
  getAccountSettings,
  getFunction,
  getFunctionConfiguration,
  listFunctions,
  listProvisionedConcurrencyConfigs,
  listVersionsByFunction,
} from './lambda-functions.ts'
import { lookupEvents } from './lookup-events.ts'
import { describeListeners, describeLoadBalancers, describeTags as describeElbTags } from './load-balancers.ts'
import { deleteRetentionPolicy, describeLogGroups, putRetentionPolicy } from './log-groups.ts'
import { describeMetricFilters } from './metric-filters.ts'
import { describeLogStreams, filterLogEvents, getLogEvents } from './log-events.ts'
import { modifyInstanceAttribute } from './modify-instance-attribute.ts'
import { describeSubnets, describeVpcs } from './networks.ts'
import { rebootInstances, startInstances, stopInstances } from './power.ts'
import {
  getBucketAcl,
  getBucketEncryption,
  getBucketLifecycleConfiguration,
  getBucketLocation,
  getBucketNotificationConfiguration,
  getBucketPolicyStatus,
  getBucketTagging,
  getBucketVersioning,
  getPublicAccessBlock,
  listBuckets,
} from './s3.ts'
import { describeSecurityGroups } from './security-groups.ts'
import { createSnapshots, deleteSnapshot, describeSnapshots } from './snapshots.ts'
import { assumeRole, getCallerIdentity } from './sts.ts'
import { getResources } from './tagging.ts'
import { createTags, deleteTags, describeTags } from './tags.ts'
import { describeTargetGroups, describeTargetHealth } from './target-groups.ts'
import { deleteAlarms, putMetricAlarm } from './write-alarms.ts'
import { listAccounts } from './organizations.ts'
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
    DescribeSecurityGroups: describeSecurityGroups,
    DescribeVpcs: describeVpcs,
    DescribeSubnets: describeSubnets,
    DescribeAddresses: describeAddresses,
    DescribeKeyPairs: describeKeyPairs,
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
    ListDashboards: listDashboards,
    GetDashboard: getDashboard,
    PutMetricAlarm: putMetricAlarm,
    DeleteAlarms: deleteAlarms,
  },
  logs: {
    DescribeLogGroups: describeLogGroups,
    DescribeMetricFilters: describeMetricFilters,
    DescribeLogStreams: describeLogStreams,
    FilterLogEvents: filterLogEvents,
    GetLogEvents: getLogEvents,
    PutRetentionPolicy: putRetentionPolicy,
    DeleteRetentionPolicy: deleteRetentionPolicy,
  },
  s3: {
    ListBuckets: listBuckets,
    GetBucketLocation: getBucketLocation,
    GetBucketEncryption: getBucketEncryption,
    GetBucketVersioning: getBucketVersioning,
    GetPublicAccessBlock: getPublicAccessBlock,
    GetBucketPolicyStatus: getBucketPolicyStatus,
    GetBucketAcl: getBucketAcl,
    GetBucketLifecycleConfiguration: getBucketLifecycleConfiguration,
    GetBucketNotificationConfiguration: getBucketNotificationConfiguration,
    GetBucketTagging: getBucketTagging,
  },
  lambda: {
    GetAccountSettings: getAccountSettings,
    ListFunctions: listFunctions,
    GetFunction: getFunction,
    GetFunctionConfiguration: getFunctionConfiguration,
    ListVersionsByFunction: listVersionsByFunction,
    ListProvisionedConcurrencyConfigs: listProvisionedConcurrencyConfigs,
    ListAliases: listAliases,
    GetAlias: getAlias,
    ListLayers: listLayers,
    ListLayerVersions: listLayerVersions,
    ListEventSourceMappings: listEventSourceMappings,
    GetEventSourceMapping: getEventSourceMapping,
  },
  iam: {
    GetAccountAuthorizationDetails: getAccountAuthorizationDetails,
    ListRoles: listRoles,
    GetRole: getRole,
    ListAttachedRolePolicies: listAttachedRolePolicies,
    ListRolePolicies: listRolePolicies,
    ListInstanceProfilesForRole: listInstanceProfilesForRole,
  },
  tagging: { GetResources: getResources },
  cloudcontrol: { GetResource: getResource },
  organizations: { ListAccounts: listAccounts },
  cloudtrail: { LookupEvents: lookupEvents },
  costexplorer: { GetCostAndUsage: getCostAndUsage, GetCostAndUsageWithResources: getCostAndUsageWithResources },
  elb: {
    DescribeLoadBalancers: describeLoadBalancers,
    DescribeListeners: describeListeners,
    DescribeTargetGroups: describeTargetGroups,
    DescribeTargetHealth: describeTargetHealth,
    DescribeTags: describeElbTags,
  },
  autoscaling: { DescribeAutoScalingGroups: describeAutoScalingGroups },
  sts: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole },
}
