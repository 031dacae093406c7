/** A snapshot or an image: what calls of the API made, beside what the seed did. Its tags are kept as everybody's. */
export type Made = {
  /** Counts what was ever made in this estate; its id follows from it. */
  number: number
  account: string
  region: string
  madeMs: number
  /** When it is completed or available; before, it is pending. */
  readyMs: number
  description: string
} & (
  | { kind: 'snapshot'; volumeId: string; sizeGib: number; isEncrypted: boolean }
  | {
      kind: 'image'
      name: string
      instanceId: string
      architecture: 'x86_64' | 'arm64'
      snapshots: { device: string; snapshotId: string; sizeGib: number; volumeType: string; isEncrypted: boolean }[]
    }
)

export type MadeSnapshot = Extract<Made, { kind: 'snapshot' }>
export type MadeImage = Extract<Made, { kind: 'image' }>

/** Seconds of cloud time from the call until a snapshot of that size is completed: the first minute, and 1 s for each 10 GiB. */
export const snapshotSeconds = (sizeGib: number): number => 60 + sizeGib / 10
/** An image is there some time after the last of its snapshots. */
export const imageSeconds = (largestGib: number): number => snapshotSeconds(largestGib) + 30
