import ExpandableSection from '@cloudscape-design/components/expandable-section'
import type { ResourceChange } from '#contracts/history.ts'
import { counted } from '../design/words.ts'
import { changeValue, placeWords, sorted } from './change-words.ts'

/** What changed from what to what; what only AWS's description has is folded away. Read aloud as "from ... to ...". */
export const ChangeList = ({ changes }: { changes: readonly ResourceChange[] }) => {
  const { own, detail } = sorted(changes)
  return (
    <>
      {own.map((change) => (
        <OneChange key={`${change.path}${change.index ?? ''}`} change={change} />
      ))}
      {detail.length > 0 && (
        <ExpandableSection headerText={`${counted(detail.length, 'detail')} of AWS’s description`}>
          {detail.map((change) => (
            <OneChange key={`${change.path}${change.index ?? ''}`} change={change} />
          ))}
        </ExpandableSection>
      )}
    </>
  )
}

const OneChange = ({ change }: { change: ResourceChange }) => (
  <div>
    <span className="change history-change">
      <span>{placeWords(change)}:</span>
      <span className="visually-hidden">from</span>
      <del>{changeValue(change.before)}</del>
      <span aria-hidden="true">→</span>
      <span className="visually-hidden">to</span>
      <ins>{changeValue(change.after)}</ins>
      {change.isShortened === true && <small>(cut; whole in the state at that time)</small>}
    </span>
  </div>
)
