import Badge from '@cloudscape-design/components/badge'
import type { BadgeProps } from '@cloudscape-design/components/badge'
import type { Risk as RiskClass } from '#contracts/task.ts'
import { riskWords } from './plan-words.ts'

const colors: Record<RiskClass, BadgeProps['color'] & string> = {
  R0: 'grey',
  R1: 'green',
  R2: 'blue',
  R3: 'severity-medium',
  R4: 'severity-critical',
}

export const Risk = ({ risk, isLong = false }: { risk: RiskClass; isLong?: boolean }) => (
  <>
    <Badge color={colors[risk]}>{risk}</Badge>
    {isLong && <> {riskWords(risk).slice(4)}</>}
  </>
)
