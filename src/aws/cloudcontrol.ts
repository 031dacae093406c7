import type { Call } from './call.ts'

/** The Cloud Control API of one account and Region: one way to read resources of most types. */
export type CloudControl = {
  /**
   * A resource's properties, by its type in CloudFormation ("AWS::SQS::Queue") and its primary identifier there. Undefined
   * where AWS has no such resource, or can't read that type in this Region.
   */
  getResource: (call: Call, typeName: string, identifier: string) => Promise<Record<string, unknown> | undefined>
}
