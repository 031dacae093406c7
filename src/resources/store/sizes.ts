import type { Sql } from '#platform/db/database.ts'

/** The partitions of the table with the rows that the planner takes them to have, the largest first. */
export const readPartitionSizes = (sql: Sql): Promise<{ name: string; rows: number }[]> =>
  sql.query({
    name: 'resources.partition-sizes',
    text: `select c.relname as name, greatest(c.reltuples, 0)::double precision as rows
      from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'resources'::regclass order by c.reltuples desc`,
  })

/** How many rows there are, as the planner has it. */
export const estimateRows = async (sql: Sql): Promise<number> =>
  (await readPartitionSizes(sql)).reduce((sum, { rows }) => sum + rows, 0)
