import type { Fault, FaultDraft, SandboxEffect, SandboxInfo } from '#contracts/sandbox.ts'

/** What can be asked of the sandbox beside AWS's own API. */
export type SandboxControl = {
  listFaults: () => Promise<Fault[]>
  addFault: (draft: FaultDraft) => Promise<Fault>
  /** Whether there was one. */
  removeFault: (id: string) => Promise<boolean>
  clearFaults: () => Promise<void>
  /** Which sandbox it is, and what goes wrong in it by itself. */
  info: () => Promise<SandboxInfo>
  /** How often each effect was applied; of those resources, or the first 10,000 of all. */
  effects: (resources?: readonly string[]) => Promise<SandboxEffect[]>
}
