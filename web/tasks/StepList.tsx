import StatusIndicator from '@cloudscape-design/components/status-indicator'
import type { StepRecord } from '#contracts/task.ts'
import { duration } from '../design/times.ts'
import { stepType } from './task-status.ts'

const tookWords = ({ startedAt, finishedAt }: StepRecord): string =>
  startedAt === null || finishedAt === null ? '' : duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)

const words = (step: StepRecord): string => {
  const parts = [step.attempt > 1 ? `attempt ${step.attempt}` : '', tookWords(step)].filter((part) => part !== '')
  return parts.length === 0 ? `${step.name}: ${step.status}` : `${step.name}: ${step.status} (${parts.join(', ')})`
}

/** The steps of one target in their order: state, attempts, time, and what went wrong. */
export const StepList = ({ steps }: { steps: readonly StepRecord[] }) =>
  steps.length === 0 ? (
    <>–</>
  ) : (
    <ol className="step-list">
      {steps.map((step) => (
        <li key={step.name}>
          <StatusIndicator type={stepType(step.status)}>{words(step)}</StatusIndicator>
          {step.error !== undefined && (
            <div className="step-error">
              {step.error.message} ({step.error.code})
            </div>
          )}
        </li>
      ))}
    </ol>
  )
