/** One call of an AWS API, as the SDK's middleware sees it. */
export type SandboxCall = {
  /** "ec2", "cloudwatch", "sts". */
  service: string
  /** For example "StopInstances". */
  action: string
  account: string
  region: string
  /** The command's input, of the SDK's type. */
  input: object
}

/** How a client reaches the sandbox: in the same process, or over HTTP where roles are split. */
export type SandboxTransport = {
  /** The command's output without `$metadata`. Throws errors shaped as AWS's (see aws-error.ts). */
  handle: (call: SandboxCall) => Promise<object>
}
