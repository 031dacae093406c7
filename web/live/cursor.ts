/** Compares two cursors ("<xid8>-<id>"); both parts may be beyond what a number holds exactly. */
export const compareCursors = (a: string, b: string): number => {
  const [aTransaction = '0', aId = '0'] = a.split('-')
  const [bTransaction = '0', bId = '0'] = b.split('-')
  const difference = BigInt(aTransaction) - BigInt(bTransaction) || BigInt(aId) - BigInt(bId)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
