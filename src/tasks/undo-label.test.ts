import { test } from 'node:test'
import assert from 'node:assert/strict'
import { undoLabelOf } from './undo-label.ts'

const change = (days: number) => ({ before: { days: 10 }, after: { days } })
const undo = {
  label: 'exact' as const,
  labelOf: (before: Record<string, unknown>, after: Record<string, unknown>) =>
    Number(after['days']) < Number(before['days']) ? ('best-effort' as const) : ('exact' as const),
  inverse: null,
}

test('a plan can be taken back as far as the target for which least can be done', () => {
  assert.equal(undoLabelOf({ undo }, [change(11), change(12)]), 'exact')
  assert.equal(undoLabelOf({ undo }, [change(11), change(9), change(12)]), 'best-effort')
})

test('without targets, or where the label is always the same, it is that of the operation', () => {
  assert.equal(undoLabelOf({ undo }, []), 'exact')
  assert.equal(undoLabelOf({ undo: { label: 'none', inverse: null } }, [change(9)]), 'none')
})
