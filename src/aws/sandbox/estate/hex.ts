import { mix } from './random.ts'

/** That many hexadecimal digits, which follow from the numbers. */
export const hexOf = (digits: number, ...numbers: number[]): string => {
  let text = ''
  for (let part = 0; text.length < digits; part++)
    text += mix(...numbers, part)
      .toString(16)
      .padStart(8, '0')
  return text.slice(0, digits)
}

/** A UUID (version 4's form) that follows from the numbers. */
export const uuidOf = (...numbers: number[]): string => {
  const digits = hexOf(32, ...numbers)
  const variant = '89ab'[Number.parseInt(digits[16] ?? '0', 16) % 4]
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-')
}
