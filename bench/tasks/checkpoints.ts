import type pg from 'pg'

/**
 * For engines that have jobs but no steps: a table in which a job notes the steps that it has behind it, each with a
 * commit of its own, so that a second attempt could go on after the last one. Much cheaper than a job for every step.
 */
export const createCheckpoints = async (pool: pg.Pool): Promise<void> => {
  await pool.query(
    'create table checkpoints (id text not null, step int not null, result jsonb not null, primary key (id, step))',
  )
}

export const checkpointStatement = (id: string, step: number) => ({
  name: 'checkpoint',
  text: 'insert into checkpoints (id, step, result) values ($1, $2, $3)',
  values: [id, step, '{}'],
})

/** The same for a whole batch. */
export const checkpointsStatement = (ids: readonly string[], step: number) => ({
  name: 'checkpoints',
  text: `insert into checkpoints (id, step, result) select id, $2, '{}' from unnest($1::text[]) as t(id)`,
  values: [ids, step],
})
