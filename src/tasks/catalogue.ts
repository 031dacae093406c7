import { errors } from './errors.ts'
import type { Operation } from './operation.ts'
import { cloudwatchAlarmPut } from './operations/cloudwatch-alarm-put.ts'
import { ec2Reboot } from './operations/ec2-reboot.ts'
import { ec2Resize } from './operations/ec2-resize.ts'
import { ec2SnapshotDelete } from './operations/ec2-snapshot-delete.ts'
import { ec2Snapshot } from './operations/ec2-snapshot.ts'
import { ec2Start } from './operations/ec2-start.ts'
import { ec2Stop } from './operations/ec2-stop.ts'
import { ec2Tag } from './operations/ec2-tag.ts'
import { ec2Terminate } from './operations/ec2-terminate.ts'
import { ec2Untag } from './operations/ec2-untag.ts'
import { logsRetention } from './operations/logs-retention.ts'

/** Every operation of the product. A new one is added here and nowhere else. */
export const operations: readonly Operation[] = [
  cloudwatchAlarmPut,
  ec2Reboot,
  ec2Resize,
  ec2Snapshot,
  ec2SnapshotDelete,
  ec2Start,
  ec2Stop,
  ec2Tag,
  ec2Terminate,
  ec2Untag,
  logsRetention,
]

export type Catalogue = {
  /** Sorted by name. */
  list: () => readonly Operation[]
  find: (name: string) => Operation | undefined
  /** Throws `unknown_operation`. */
  get: (name: string) => Operation
}

/** The catalogue over some definitions; other boxes' operations are handed in beside ours. */
export const createCatalogue = (definitions: readonly Operation[] = operations): Catalogue => {
  const byName = new Map(definitions.map((operation) => [operation.name, operation]))
  const sorted = [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  return {
    list: () => sorted,
    find: (name) => byName.get(name),
    get: (name) => {
      const operation = byName.get(name)
      if (operation === undefined) {
        throw errors.unknown_operation(
          `There is no operation "${name}". Known: ${sorted.map((known) => known.name).join(', ')}.`,
          { errors: [{ path: 'operation', message: 'There is no such operation.', value: name }] },
        )
      }
      return operation
    },
  }
}
