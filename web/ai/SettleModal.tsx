import { useState } from 'react'
import FormField from '@cloudscape-design/components/form-field'
import RadioGroup from '@cloudscape-design/components/radio-group'
import Textarea from '@cloudscape-design/components/textarea'
import type { Recommendation } from '#contracts/recommendation.ts'
import { FormModal } from '../design/FormModal.tsx'
import { useDismissRecommendationMutation, useSnoozeRecommendationMutation } from './recommendation-endpoints.ts'

const dayMs = 86_400_000
const spans = [7, 30, 90].map((days) => ({ value: String(days), label: `${days} days` }))

/** Not now, or not at all: the reason is what the next one reads. */
export const SettleModal = ({
  recommendation,
  how,
  onClose,
}: {
  recommendation: Recommendation
  how: 'dismiss' | 'snooze'
  onClose: () => void
}) => {
  const [reason, setReason] = useState('')
  const [days, setDays] = useState('30')
  const [dismiss, dismissal] = useDismissRecommendationMutation()
  const [snooze, snoozing] = useSnoozeRecommendationMutation()
  const { id, title } = recommendation
  const send = async (): Promise<void> => {
    const result =
      how === 'dismiss'
        ? await dismiss({ id, reason: reason.trim() })
        : await snooze({ id, until: new Date(Date.now() + Number(days) * dayMs).toISOString() })
    if (result.error === undefined) onClose()
  }
  return (
    <FormModal
      header={how === 'dismiss' ? 'Dismiss the recommendation' : 'Hide the recommendation for a while'}
      confirm={how === 'dismiss' ? 'Dismiss' : 'Snooze'}
      isBusy={dismissal.isLoading || snoozing.isLoading}
      isReady={how === 'snooze' || reason.trim() !== ''}
      error={dismissal.error ?? snoozing.error}
      onConfirm={() => void send()}
      onClose={onClose}
    >
      <div>{title}</div>
      {how === 'dismiss' ? (
        <FormField label="Reason" description="Whoever wonders why it was not done reads this.">
          <Textarea value={reason} rows={3} autoFocus onChange={({ detail }) => setReason(detail.value)} />
        </FormField>
      ) : (
        <FormField label="It comes back in">
          <RadioGroup items={spans} value={days} onChange={({ detail }) => setDays(detail.value)} />
        </FormField>
      )}
    </FormModal>
  )
}
