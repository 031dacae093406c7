import type { Aws } from '#aws/cloud.ts'
import type { Principal } from '#contracts/principal.ts'
import type { Cache } from '#platform/cache/cache.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { Listener } from '#platform/db/listen.ts'
import type { Notifier } from '#platform/events/notifier.ts'
import type { HttpService } from '#platform/http/service.ts'
import type { Log } from '#platform/log.ts'
import type { Access } from '#security/access.ts'
import { readAdvisable, readCurrent } from './advisable.ts'
import type { Advisable } from './advisable.ts'
import { readCandidates } from './candidates.ts'
import type { Candidate } from './candidates.ts'
import { createAccounts } from './accounts/accounts.ts'
import { createOrganizationWatch } from './accounts/watch-organizations.ts'
import { identifyBilled, readNewcomers, readTotals } from './daily-totals.ts'
import type { Totals } from './daily-totals.ts'
import { createCostReader } from './costs/reader.ts'
import { createNoteEffects } from './effects.ts'
import type { NoteEffects } from './effects.ts'
import { createFindings } from './findings/findings.ts'
import { createExposure } from './graph/exposure.ts'
import type { Exposure } from './graph/exposure.ts'
import { createRelations } from './graph/relations.ts'
import { createChanges } from './history/changes.ts'
import { createFindEver } from './history/ever.ts'
import { createHistory } from './history/history.ts'
import type { DescribeTasks } from './history/history.ts'
import { createNetChanges } from './history/net-changes.ts'
import { createResourceNet } from './history/resource-net.ts'
import { createHistoryRetention } from './history/retention.ts'
import { createEventConsumer } from './events/consumer.ts'
import { accountsHttp } from './http/accounts.ts'
import { exportHttp } from './http/export.ts'
import { findingsHttp } from './http/findings.ts'
import { historyHttp } from './http/history.ts'
import { resourcesHttp } from './http/resources.ts'
import { searchHttp } from './http/search.ts'
import { viewsHttp } from './http/views.ts'
import { createExportResources } from './export/export.ts'
import { createViews } from './views/views.ts'
import { createSignalReader } from './metrics/signals.ts'
import type { SignalReader } from './metrics/signals.ts'
import { readNear } from './near.ts'
import type { Near } from './near.ts'
import { createCopies } from './read/copies.ts'
import type { Copies } from './read/copies.ts'
import { createCountFacets } from './read/facets.ts'
import { createFirstSync } from './read/first-sync.ts'
import { createGetResource } from './read/get.ts'
import type { GetResource } from './read/get.ts'
import { createReadLists } from './read/list.ts'
import type { Page } from './read/list.ts'
import { createReadLive } from './read/live.ts'
import { createLooks } from './read/looks.ts'
import { createGroups } from './read/groups.ts'
import { createMetrics } from './read/metrics.ts'
import { newsChannel, parseNews } from './read/news.ts'
import { createLogs } from './read/logs.ts'
import { createReadable } from './read/readable.ts'
import type { Readable } from './read/readable.ts'
import { createRefresh } from './read/refresh.ts'
import { createVocabulary } from './read/vocabulary.ts'
import { createApply } from './sync/apply.ts'
import { createSyncStates } from './sync/states.ts'
import { createSyncLoop } from './sync/loop.ts'
import { reconcilePartitions } from './sync/partitions.ts'
import { createRoom } from './sync/room.ts'
import { createSweeper } from './sync/sweep.ts'
import { createTrouble } from './sync/trouble.ts'
import type { Alarms } from './sync/trouble.ts'
import { createSearch } from './read/search.ts'
import { createShared } from './read/shared.ts'
import { createSuggest } from './read/suggest.ts'
import { createTargetResolver } from './targets.ts'
import type { ResolveTargets } from './targets.ts'
import { readUnused } from './unused.ts'
import type { Unused } from './unused.ts'
import { readWatchable } from './watchable.ts'
import type { Watchable, WatchableQuery } from './watchable.ts'

/** Wakes the sync of every process: accounts changed. */
const channel = 'resources_sync'
/**
 * Partitions that one process sweeps at the same time, and of one account in all processes. Sweeps mostly wait for AWS; what
 * they bring at a time is bounded by `rowsOnTheWay`.
 */
const sweepConcurrency = 64
const sweepsOfAnAccount = 16
const rowsOnTheWay = 3_000
/** Events come in bursts (a scaling group, a deployment); so long they are gathered before they are read. */
const eventGatherMs = 200
/** A page of a list is given again for so long where nobody told of a change meanwhile, and as long again while it is read anew; longer ones take too much room. */
const pageMs = 500
const longestKeptPage = 101

export type Resources = {
  http: HttpService[]
  resolveTargets: ResolveTargets
  /** What hangs on instances: the load balancers in front of them, and alarms. */
  exposureOf: (principal: Principal, ids: readonly string[]) => Promise<Map<string, Exposure>>
  noteEffects: NoteEffects
  /** Starts the sync; reads work without it too. */
  start: () => Promise<void>
  stop: () => Promise<void>
  /** One resource, where the principal may read it. */
  find: GetResource['find']
  /** Metrics of a resource, where the principal may read it; read within the quota, and once. */
  metrics: ReturnType<typeof createMetrics>
  /** The accounts whose resources a principal may read. */
  readableAccounts: Readable['accounts']
  /** What has metrics that are worth to be followed. */
  watchable: (query: WatchableQuery) => Promise<Watchable[]>
  /** What recommendations are made of, and how it is now. */
  advisable: (place: { account: string; region: string; limit: number }) => Promise<Advisable[]>
  current: (account: string, ids: readonly string[]) => Promise<Advisable[]>
  unused: (place: { account: string; region: string; limit: number }) => Promise<Unused[]>
  candidates: (account: string, of: 'buckets' | 'burstable', limit: number) => Promise<Candidate[]>
  /** What lies within two relations of resources, whoever asks. */
  near: (account: string, ids: readonly string[]) => Promise<ReadonlyMap<string, Near[]>>
  /** What an account costs and stores by now, and what a bill is about. */
  totals: {
    read: (account: string) => Promise<Totals>
    identify: (account: string, billed: readonly string[]) => Promise<Map<string, { id: string; name: string | null }>>
    newcomers: (
      account: string,
      service: string,
      since: Date,
    ) => Promise<{ id: string; name: string | null; monthlyUsd: number }[]>
  }
  /** Measures in the background what the inventory can be searched by. */
  signals: Pick<SignalReader, 'start' | 'stop'>
}

/** The resource service: inventory, search, sync, and the accounts that all of it is about. */
export const createResources = (deps: {
  db: Database
  log: Log
  clock: Clock
  aws: Aws
  access: Access
  notifier: Notifier
  listener: Listener
  /** Copies of single resources; what it forgets is read from the database. */
  cache: Cache
  /** Of the SQS queue that tells of changes as they happen; without one they are seen by the next sweep. */
  eventQueueUrl?: string | undefined
  /** Tells people of accounts that can't be read; nobody is told without it. */
  alarms?: Alarms
  /** Says of tasks whose they are; without it the history knows them by their ids alone. */
  describeTasks?: DescribeTasks
  /** How long it is kept what became of resources. */
  historyRetentionDays?: number
}): Resources => {
  const { db, clock, aws, access, notifier, listener } = deps
  const log = deps.log.child({ box: 'resources' })
  const states = createSyncStates({ db, clock })
  const copies = createCopies({ db, cache: deps.cache, states })
  const pages = createShared<Page>({ clock, keptMs: pageMs, isKept: ({ rows }) => rows.length <= longestKeptPage })
  const groups = createGroups({ db, clock })
  const onNews: Copies['forget'] = (news) => {
    copies.forget(news)
    pages.forget()
    groups.changed()
  }
  const apply = createApply({ db, notifier, onNews })
  const trouble = createTrouble({ db, alarms: deps.alarms })
  const sweeper = createSweeper({
    db,
    aws,
    apply,
    trouble,
    clock,
    log,
    room: createRoom(rowsOnTheWay),
    onState: states.forget,
  })
  const loop = createSyncLoop({
    db,
    aws,
    apply,
    sweeper,
    clock,
    log,
    concurrency: sweepConcurrency,
    perAccount: sweepsOfAnAccount,
  })
  const readable = createReadable({ aws, access })
  const readLive = createReadLive({ db, aws, apply })
  const firstSync = createFirstSync({ states, sweeper, clock })
  const looks = createLooks({ db, clock, log })
  const { get, find, idle } = createGetResource({
    copies: { read: copies.read, forget: onNews },
    readable,
    readLive,
    looks,
    clock,
    log,
  })

  const metrics = createMetrics({ aws, find, clock })

  const retentionDays = deps.historyRetentionDays ?? 395
  const describeTasks = deps.describeTasks ?? (async () => new Map())
  const ever = createFindEver({ db, readable, find })
  const history = createHistory({ db, aws, access, ever, describeTasks, clock, log, retentionDays })
  const retention = createHistoryRetention({ db, clock, log, days: retentionDays })

  const events =
    deps.eventQueueUrl === undefined
      ? undefined
      : createEventConsumer({
          aws,
          queueUrl: deps.eventQueueUrl,
          note: createNoteEffects({
            db,
            aws,
            readLive,
            clock,
            log,
            gatherMs: eventGatherMs,
            priority: 'sweep',
            isStrict: true,
          }),
          clock,
          log,
        })

  const costs = createCostReader({ db, aws, notifier, onNews, clock, log })
  const organizations = createOrganizationWatch({ db, aws, alarms: deps.alarms, clock, log })

  const onAccountsChanged = async (): Promise<void> => {
    await reconcilePartitions({ db, aws, apply })
    loop.wake()
    notifier.nudge(channel)
  }

  const forgetAll = (): void => {
    states.forget()
    onNews(undefined)
  }
  const unsubscribe = [
    listener.on(newsChannel, (payload) => onNews(parseNews(payload))),
    // What was told while nobody listened is lost.
    listener.onReconnect(forgetAll),
  ]

  return {
    http: [
      resourcesHttp({
        ...createReadLists({ db, readable, firstSync, search: createSearch({ db, clock }), groups, pages }),
        get,
        getAt: history.at,
        refresh: createRefresh({ db, access, readable, readLive, sweeper, clock }),
        relations: createRelations({ db, readable, find }),
        metrics,
        logs: createLogs({ aws, find, clock }),
      }),
      findingsHttp(createFindings({ db, readable })),
      historyHttp({
        history: history.history,
        changes: createChanges({ db, access, readable, describeTasks, retentionDays }),
        netChanges: createNetChanges({ db, readable, retentionDays }),
        resourceNet: createResourceNet({ db, ever, retentionDays }),
      }),
      searchHttp({
        facets: createCountFacets({ db, readable, groups, states }),
        suggest: createSuggest({ db, readable, groups, vocabulary: createVocabulary({ db, clock }) }),
      }),
      exportHttp(createExportResources({ db, readable, firstSync })),
      viewsHttp(createViews({ db, access, clock, notifier })),
      accountsHttp(createAccounts({ db, aws, access, clock, onChange: onAccountsChanged })),
    ],
    resolveTargets: createTargetResolver({ db, readable, firstSync, readLive, log }),
    find,
    metrics,
    readableAccounts: readable.accounts,
    watchable: (query) => readWatchable(db, query),
    advisable: (place) => readAdvisable(db, place),
    current: (account, ids) => readCurrent(db, account, ids),
    unused: (place) => readUnused(db, place),
    candidates: (account, of, limit) => readCandidates(db, account, of, limit),
    near: (account, ids) => readNear(db, account, ids),
    totals: {
      read: (account) => readTotals(db, account),
      identify: (account, billed) => identifyBilled(db, account, billed),
      newcomers: (account, service, since) => readNewcomers(db, account, service, since, 3),
    },
    signals: createSignalReader({ db, aws, clock, log }),
    exposureOf: createExposure({ db, readable }),
    noteEffects: createNoteEffects({ db, aws, readLive, clock, log }),
    start: async () => {
      await reconcilePartitions({ db, aws, apply })
      unsubscribe.push(listener.on(channel, loop.wake), listener.onReconnect(loop.wake))
      loop.start()
      events?.start()
      organizations.start()
      costs.start()
      retention.start()
    },
    stop: async () => {
      for (const end of unsubscribe) end()
      await events?.stop()
      await organizations.stop()
      await costs.stop()
      await Promise.all([loop.stop(), retention.stop()])
      await Promise.all([idle(), history.idle()])
    },
  }
}
