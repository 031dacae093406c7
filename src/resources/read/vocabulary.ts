import type { Clock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/database.ts'
import { summaryFields } from '#contracts/query.ts'
import { estimateRows } from '../store/sizes.ts'
import { readWords } from '../store/vocabulary.ts'
import type { Word } from '../store/vocabulary.ts'
import { createRecent } from './recent.ts'

const sampleRows = 10_000
const valuesEach = 200

/** Fields whose values are as many as there are resources. */
const isTold = (field: string): boolean =>
  !/(At|On|Usd|Ip|Ids?|Arns?|Name|fingerprint|pattern|description)$/.test(field)

/** The tags and summary values that there are, for completion; of a large inventory as a sample of it has them. */
export const createVocabulary = ({ db, clock }: { db: Sql; clock: Clock }): (() => Promise<readonly Word[]>) => {
  const recent = createRecent({
    read: async () => {
      const samplePercent = Math.min(100, (100 * sampleRows) / Math.max(await estimateRows(db), 1))
      return readWords(db, { samplePercent, summaryFields: summaryFields.filter(isTold), valuesEach })
    },
    clock,
  })
  return async () => (await recent.get()).value
}
