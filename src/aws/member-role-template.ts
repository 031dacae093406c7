/** An IAM policy document, as far as it is handed through here. */
type PolicyDocument = { Version: string; Statement: readonly { Sid?: string; Action: string[] }[] }

/** The largest that AWS takes for all inline policies of a role together, without white space. */
export const inlinePolicyMaxCharacters = 10_240

/**
 * A CloudFormation template of the role that the installation assumes in an account: who may assume it, with which external
 * id, and what it may do. As a stack in one account, or as a StackSet in all of an organization, where the parameters are
 * the same everywhere.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
 */
export const memberRoleTemplate = (options: {
  /** The ARN of the installation's own role or user, or the account that it is in. */
  trusted: string | undefined
  externalId: string
  roleName: string
  policy: PolicyDocument
}) => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'The role by which AWS Orchestrator works on this account.',
  Parameters: {
    TrustedPrincipal: {
      Type: 'String',
      Description: 'ARN of the role or user that AWS Orchestrator runs as, or the id of its account',
      AllowedPattern: '\\d{12}|arn:aws[a-z-]*:iam::\\d{12}:(root|(role|user)/[\\w+=,.@/-]+)',
      ...(options.trusted === undefined ? {} : { Default: options.trusted }),
    },
    ExternalId: {
      Type: 'String',
      Description: 'The external id of the account in AWS Orchestrator',
      MinLength: 2,
      MaxLength: 1224,
      Default: options.externalId,
    },
    RoleName: { Type: 'String', Default: options.roleName, AllowedPattern: '[\\w+=,.@-]{1,64}' },
  },
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: { Ref: 'RoleName' },
        Description: 'Assumed by AWS Orchestrator',
        MaxSessionDuration: 3600,
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { AWS: { Ref: 'TrustedPrincipal' } },
              Action: 'sts:AssumeRole',
              Condition: { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
            },
          ],
        },
        Policies: [{ PolicyName: 'aws-orchestrator', PolicyDocument: options.policy }],
      },
    },
  },
  Outputs: {
    RoleArn: { Description: 'For the account in AWS Orchestrator', Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
  },
})
