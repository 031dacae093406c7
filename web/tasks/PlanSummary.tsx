import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import type { Plan } from '#contracts/task.ts'
import { Copy } from '../design/Copy.tsx'
import { Second } from '../design/Second.tsx'
import { counted, usdChange } from '../design/words.ts'
import { approvalWords, delayWords, expectedWords, undoShort, undoWords } from './plan-words.ts'
import { Risk } from './Risk.tsx'
import { alarmWords, budgetWords, waveWords } from './rollout-words.ts'

type Shown = Pick<
  Plan,
  | 'targets'
  | 'excluded'
  | 'delaySeconds'
  | 'pricesFrom'
  | 'risk'
  | 'undo'
  | 'monthlyCostDeltaUsd'
  | 'expectedSeconds'
  | 'approvals'
  | 'planHash'
  | 'waves'
  | 'soakSeconds'
  | 'errorBudget'
  | 'onBudget'
  | 'watchAlarms'
>

/** What somebody has to know before they confirm or approve; `total` where the targets themselves were not read. */
export const PlanSummary = ({ plan, total = plan.targets.length }: { plan: Shown; total?: number }) => (
  <KeyValuePairs
    columns={4}
    minColumnWidth={190}
    items={[
      {
        label: 'Targets',
        value: counted(total, 'target') + (plan.excluded.length === 0 ? '' : `, ${plan.excluded.length} left out`),
      },
      { label: 'Risk', value: <Risk risk={plan.risk} isLong /> },
      {
        label: 'Undo',
        value: (
          <>
            {undoShort(plan.undo)}
            <Second>{undoWords(plan.undo)}</Second>
          </>
        ),
      },
      { label: 'Approvals needed', value: approvalWords(plan.approvals) },
      ...(plan.delaySeconds === undefined
        ? []
        : [{ label: 'Delay after the approval', value: delayWords(plan.delaySeconds) }]),
      {
        label: 'Cost a month',
        value: (
          <>
            {usdChange(plan.monthlyCostDeltaUsd)}
            {plan.pricesFrom !== undefined && <Second>Approximate list prices of {plan.pricesFrom}</Second>}
          </>
        ),
      },
      { label: 'Expected duration', value: expectedWords(plan.expectedSeconds) },
      ...(plan.waves === undefined ? [] : [{ label: 'Waves', value: waveWords(plan) }]),
      ...(plan.errorBudget === undefined
        ? []
        : [{ label: 'Error budget', value: budgetWords(plan.errorBudget, plan.onBudget) }]),
      ...(plan.watchAlarms === undefined
        ? []
        : [{ label: 'Alarms that pause it', value: alarmWords(plan.watchAlarms) }]),
      {
        label: 'Plan hash',
        value: <Copy text={plan.planHash} what="plan hash" shown={`${plan.planHash.slice(0, 19)}…`} />,
      },
    ]}
  />
)
