import type { Ec2Instance } from '#aws/ec2.ts'
import type { Outcome, StepTarget } from '../../operation.ts'

/**
 * EC2 accepts a start and may fail it afterwards (no capacity, a volume that can't be decrypted): the instance falls back
 * to stopped and its state reason says why. The first looks may still show the state from before the start.
 */
export const fellBack = (instance: Ec2Instance, target: StepTarget): Outcome | null =>
  instance.state === 'stopped' && (target.polls ?? 0) >= 2
    ? {
        kind: 'failed',
        code: 'start_failed',
        message: `It went back to stopped${instance.stateReason === null ? '' : `: ${instance.stateReason}`}.`,
        retry: 'never',
      }
    : null
