import { InvalidArgumentError } from 'commander'
import type { Waves } from '#contracts/bulk.ts'

/** "default", "none", or a list of targets and shares: "1,5%,25%". "100%" at its end is the rest. */
export const wavesOption = (text: string): Waves => {
  if (text === 'default' || text === 'none') return text
  const parts = text.split(',')
  return parts.map((part, index) =>
    index > 0 && index === parts.length - 1 && part.trim() === '100%' ? 1 : amount(part, 1),
  )
}

/** "3", "5%" or "none". */
export const budgetOption = (text: string): number | null => (text === 'none' ? null : amount(text, 0))

/** A whole number of targets, or a share: "5%" and "0.05" are the same. */
const amount = (text: string, atLeast: number): number => {
  const [, digits = '', percent] = /^\s*(\d+(?:\.\d+)?)(%?)\s*$/.exec(text) ?? []
  const value = percent === '%' ? Number((Number(digits) / 100).toFixed(8)) : Number(digits)
  const isShare = value > 0 && value < 1
  if (digits === '' || !(isShare || (percent !== '%' && Number.isInteger(value) && value >= atLeast))) {
    throw new InvalidArgumentError('Give whole numbers of targets or shares like 5%, with commas between.')
  }
  return value
}
