/** Services whose changes the inventory hears of: their event source, and what CloudTrail calls their API. */
const apiSources = {
  'aws.ec2': 'ec2.amazonaws.com',
  'aws.elasticloadbalancing': 'elasticloadbalancing.amazonaws.com',
  'aws.autoscaling': 'autoscaling.amazonaws.com',
  'aws.lambda': 'lambda.amazonaws.com',
  'aws.s3': 's3.amazonaws.com',
  'aws.monitoring': 'monitoring.amazonaws.com',
  'aws.logs': 'logs.amazonaws.com',
}

/** What the rules let through: state changes of instances, instances that a group starts and ends, and calls that change something. */
export const eventPatterns = {
  StateChanges: { source: ['aws.ec2'], 'detail-type': ['EC2 Instance State-change Notification'] },
  Scaling: {
    source: ['aws.autoscaling'],
    'detail-type': ['EC2 Instance Launch Successful', 'EC2 Instance Terminate Successful'],
  },
  // Of reads EventBridge hears nothing unless a trail is made to say them.
  ApiCalls: {
    source: Object.keys(apiSources),
    'detail-type': ['AWS API Call via CloudTrail'],
    detail: { eventSource: Object.values(apiSources) },
  },
} as const

/**
 * A CloudFormation template for one Region of the account that the installation's queue is in: a bus that takes events of an
 * organization's accounts (or of none but its own), and the queue behind it. Messages are kept for an hour: what is older, a
 * sweep has seen.
 */
export const eventHubTemplate = (options: { organizationId: string | undefined }) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'The event bus and the queue through which AWS Orchestrator hears of changes.',
  Parameters: {
    OrganizationId: {
      Type: 'String',
      Description: 'Accounts of this organization (o-...) may send events; empty: only this account',
      AllowedPattern: '(o-[a-z0-9]{10,32})?',
      Default: options.organizationId ?? '',
    },
  },
  Conditions: { HasOrganization: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'OrganizationId' }, ''] }] } },
  Resources: {
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'aws-orchestrator' } },
    BusPolicy: {
      Type: 'AWS::Events::EventBusPolicy',
      Condition: 'HasOrganization',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        StatementId: 'Organization',
        Statement: {
          Effect: 'Allow',
          Principal: '*',
          Action: 'events:PutEvents',
          Resource: { 'Fn::GetAtt': ['Bus', 'Arn'] },
          Condition: { StringEquals: { 'aws:PrincipalOrgID': { Ref: 'OrganizationId' } } },
        },
      },
    },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'aws-orchestrator-events',
        MessageRetentionPeriod: 3600,
        VisibilityTimeout: 60,
        ReceiveMessageWaitTimeSeconds: 20,
        SqsManagedSseEnabled: true,
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        Description: 'All that comes to the bus goes to the queue',
        EventPattern: { source: Object.keys(apiSources) },
        Targets: [{ Id: 'queue', Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] } }],
      },
    },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sqs:SendMessage',
              Resource: { 'Fn::GetAtt': ['Queue', 'Arn'] },
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': ['Rule', 'Arn'] } } },
            },
          ],
        },
      },
    },
  },
  Outputs: {
    QueueUrl: { Description: 'For ORCHESTRATOR_EVENT_QUEUE_URL', Value: { Ref: 'Queue' } },
    BusArn: { Description: 'For the accounts that send events', Value: { 'Fn::GetAtt': ['Bus', 'Arn'] } },
  },
})

/**
 * A CloudFormation template for each Region of each account whose changes are to be heard of: rules on its own bus that send
 * them to the one of `eventHubTemplate`, wherever that is.
 */
export const eventSourceTemplate = (options: { busArn: string | undefined }) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Sends changes in this account and Region to AWS Orchestrator.',
  Parameters: {
    BusArn: {
      Type: 'String',
      Description: 'The ARN of the event bus of AWS Orchestrator',
      AllowedPattern: 'arn:aws[a-z-]*:events:[a-z0-9-]+:\\d{12}:event-bus/[\\w./-]+',
      ...(options.busArn === undefined ? {} : { Default: options.busArn }),
    },
  },
  Resources: {
    Sender: {
      Type: 'AWS::IAM::Role',
      Properties: {
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' }],
        },
        Policies: [
          {
            PolicyName: 'put-events',
            PolicyDocument: {
              Version: '2012-10-17',
              Statement: [{ Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'BusArn' } }],
            },
          },
        ],
      },
    },
    ...Object.fromEntries(
      Object.entries(eventPatterns).map(([name, pattern]) => [
        name,
        {
          Type: 'AWS::Events::Rule',
          Properties: {
            EventPattern: pattern,
            Targets: [{ Id: 'hub', Arn: { Ref: 'BusArn' }, RoleArn: { 'Fn::GetAtt': ['Sender', 'Arn'] } }],
          },
        },
      ]),
    ),
  },
})
