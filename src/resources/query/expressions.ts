/** Expressions that indexes are made of (migration 0111): a condition or an order must say them in the same words. */

/** What isn't known sorts below what costs nothing. */
export const costExpression = `coalesce(r.cost_monthly_usd, '-1'::double precision)`

/** When AWS made or launched it; where AWS doesn't say, when it was first seen here. */
export const createdExpression = `coalesce(r.created_at, r.first_seen_at)`

/** "ec2" of "ec2.instance". Not the partition of the sync, which for all types without one of their own is the same. */
export const serviceExpression = `split_part(r.type, '.', 1)`
