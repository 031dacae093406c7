/** A text as it has to stand in a LIKE pattern to mean itself. */
export const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&')
