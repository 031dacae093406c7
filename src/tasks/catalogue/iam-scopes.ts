/** What a permission is narrowed to: a statement of the policy has one scope and all actions that share it. */
export type IamScope = {
  /** The statement's id. */
  sid: string
  resources: string[]
  condition?: Record<string, Record<string, string | string[]>>
}

const instances = 'arn:aws:ec2:*:*:instance/*'
const volumes = 'arn:aws:ec2:*:*:volume/*'
// Snapshots and images belong to a Region; their ARNs have no account.
const snapshots = 'arn:aws:ec2:*::snapshot/*'
const images = 'arn:aws:ec2:*::image/*'

/** Describes and lists: AWS takes no resource for most of them. */
const reading: IamScope = { sid: 'Read', resources: ['*'] }

/** AWS refuses what the guards would leave out: instances with the tag orchestrator:protected, but for the value "false". */
const unprotectedInstances: IamScope = {
  sid: 'InstancesNotProtected',
  resources: [instances],
  condition: { StringEqualsIgnoreCaseIfExists: { 'aws:ResourceTag/orchestrator:protected': 'false' } },
}

const copies: IamScope = { sid: 'MakeCopies', resources: [instances, volumes, snapshots, images] }

/** Only what a task made may be deleted again: it carries the tag orchestrator:step. */
const ownCopies: IamScope = {
  sid: 'DeleteOwnCopies',
  resources: [snapshots, images],
  condition: { Null: { 'aws:ResourceTag/orchestrator:step': 'false' } },
}

/** Tags that come with what is being made. */
const tagCopies: IamScope = {
  sid: 'TagCopies',
  resources: [snapshots, images],
  condition: { StringEquals: { 'ec2:CreateAction': ['CreateImage', 'CreateSnapshot', 'CreateSnapshots'] } },
}

const tagInstances: IamScope = { sid: 'TagInstances', resources: [instances] }

/** An encrypted volume is unlocked by EC2 for itself. */
const grants: IamScope = {
  sid: 'GrantsForVolumes',
  resources: ['arn:aws:kms:*:*:key/*'],
  condition: {
    Bool: { 'kms:GrantIsForAWSResource': 'true' },
    StringLike: { 'kms:ViaService': 'ec2.*.amazonaws.com' },
  },
}

const alarms: IamScope = { sid: 'Alarms', resources: ['arn:aws:cloudwatch:*:*:alarm:*'] }
const logGroups: IamScope = { sid: 'LogGroups', resources: ['arn:aws:logs:*:*:log-group:*'] }

/** https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html */
const scopes: Record<string, IamScope> = {
  'ec2:StartInstances': unprotectedInstances,
  'ec2:StopInstances': unprotectedInstances,
  'ec2:RebootInstances': unprotectedInstances,
  'ec2:TerminateInstances': unprotectedInstances,
  'ec2:ModifyInstanceAttribute': unprotectedInstances,
  'ec2:CreateImage': copies,
  'ec2:CreateSnapshot': copies,
  'ec2:CreateSnapshots': copies,
  'ec2:DeleteSnapshot': ownCopies,
  'ec2:DeregisterImage': ownCopies,
  'ec2:DeleteTags': tagInstances,
  'kms:CreateGrant': grants,
  'cloudwatch:DeleteAlarms': alarms,
  'cloudwatch:PutMetricAlarm': alarms,
  'logs:DeleteRetentionPolicy': logGroups,
  'logs:PutRetentionPolicy': logGroups,
}

/** Not known: allowed on everything rather than not at all. A test says which actions have no scope. */
export const unscoped: IamScope = { sid: 'NotScoped', resources: ['*'] }

/**
 * What an operation's permission is narrowed to. The same action may be needed on different things, by different operations or
 * by one: terminating tags instances and what it copies.
 */
export const scopesOf = (action: string, operationActions: readonly string[]): IamScope[] => {
  if (/:(?:Describe|Filter|Get|List|Lookup)/.test(action)) return [reading]
  if (action === 'ec2:CreateTags') {
    const makesCopies = operationActions.some((other) => scopes[other] === copies)
    const tagsInstances = !makesCopies || operationActions.includes('ec2:DeleteTags')
    return [...(makesCopies ? [tagCopies] : []), ...(tagsInstances ? [tagInstances] : [])]
  }
  return [scopes[action] ?? unscoped]
}
