import type { ReactNode } from 'react'

/** The filters above a table, side by side where there is room. */
export const Filters = ({ children }: { children: ReactNode }) => <div className="filters">{children}</div>
