import { useState } from 'react'
import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Textarea from '@cloudscape-design/components/textarea'
import type { Plan } from '#contracts/task.ts'
import { breakGlassRequestSchema } from '#contracts/task-request.ts'
import type { BreakGlassRequest } from '#contracts/task-request.ts'
import { useMay } from '../auth/permissions.ts'

/**
 * The way around approvals, delay and freezes, for emergencies and for those who may. Closed until it is wanted, and never
 * one click: a reason, and what is about to happen, typed.
 */
export const BreakGlassForm = ({
  plan,
  isBusy,
  onBreak,
}: {
  plan: Pick<Plan, 'operation' | 'targets' | 'approvals' | 'delaySeconds' | 'freeze'>
  isBusy: boolean
  onBreak: (request: BreakGlassRequest) => void
}) => {
  const mayBreak = useMay('task.breakGlass')
  const [reason, setReason] = useState('')
  const [minutes, setMinutes] = useState('60')
  const [typed, setTyped] = useState('')
  const asked = `${plan.operation} ${plan.targets.length}`
  const request = breakGlassRequestSchema.safeParse({ reason, minutes: Number(minutes) })
  const isMinutesWrong = !breakGlassRequestSchema.shape.minutes.safeParse(Number(minutes)).success
  const isReady = request.success && typed.trim() === asked
  const skipped = [
    ...(plan.approvals.needed > 0
      ? [plan.approvals.needed === 1 ? 'the approval' : `the ${plan.approvals.needed} approvals`]
      : []),
    ...(plan.delaySeconds === undefined ? [] : ['the delay']),
    ...(plan.freeze === undefined ? [] : [`the freeze “${plan.freeze.name}”`]),
  ]
  if (!mayBreak || skipped.length === 0) return null
  return (
    <ExpandableSection variant="container" headerText="Break the glass">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady && !isBusy) onBreak(request.data)
        }}
      >
        <SpaceBetween size="m">
          <Alert type="error" header="For emergencies only">
            It runs at once, without {skipped.join(' and ')}. Everybody is told by a critical alert; your reason is on
            record.
          </Alert>
          <FormField label="What is the emergency?">
            <Textarea value={reason} rows={2} onChange={({ detail }) => setReason(detail.value)} />
          </FormField>
          <FormField
            label="Time limit in minutes"
            description="What has not begun by then expires."
            {...(isMinutesWrong && { errorText: '1 to 240' })}
          >
            <Input value={minutes} type="number" onChange={({ detail }) => setMinutes(detail.value)} />
          </FormField>
          <FormField
            label={
              <>
                To go on, type{' '}
                <Box variant="code" display="inline">
                  {asked}
                </Box>
              </>
            }
          >
            <Input
              value={typed}
              onChange={({ detail }) => setTyped(detail.value)}
              ariaLabel={`Type ${asked} to break the glass`}
              autoComplete={false}
            />
          </FormField>
          <Button formAction="submit" loading={isBusy} disabled={!isReady}>
            Break the glass and run
          </Button>
        </SpaceBetween>
      </form>
    </ExpandableSection>
  )
}
