/** A plan may describe 5,000 alarms, of which a long one takes 1.6 KB. */
export const planBodyLimitBytes = 8 * 1024 * 1024
