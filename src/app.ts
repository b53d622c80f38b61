/**
 * The only place that constructs and connects. An App is one running Tenantry over one data
 * directory: opened (state restored, log replayed), started (server and loops run), stopped
 * (drained, checkpointed, closed). Time, disk, network and the bulk writer are handed in, so that
 * the same program runs under a simulated clock in one thread.
 */
import { SHARED_FILE } from './core/names/bulk-file.ts'
import type { Clock, Log } from './core/ports.ts'
import { SECOND_MS } from './core/time.ts'
import { openAlertIntake, type AlertIntake } from './alert-intake.ts'
import { appLoops } from './app-loops.ts'
import type { AppParts } from './app-parts.ts'
import { openArtefacts } from './artefacts.ts'
import { openCheckpoints } from './checkpoints.ts'
import { openClosing, type Closing } from './closing.ts'
import { openCollector, type Collector } from './collector.ts'
import { claimDataDirectory, removeServerFile, writeServerFile } from './data-directory.ts'
import { SYSTEM, type Access } from './domain/access/access.ts'
import type { Incidents } from './domain/incidents/incidents.ts'
import type { HaRules, Metrics } from './domain/metrics/metrics.ts'
import type { Reports } from './domain/reports/reports.ts'
import type { Routing } from './domain/routing/routing.ts'
import { sloBookOf, type BudgetPolicies, type Slo, type SloBookSpec } from './domain/slo/slo.ts'
import type { TenantConfig, TenantFiles, Tenants } from './domain/tenants/tenants.ts'
import type { EngineDesk } from './edges/http/api/engines.ts'
import { apiRoutes } from './edges/http/api/routes.ts'
import { expositionRoutes } from './edges/http/exposition.ts'
import { openLive, type Live } from './edges/http/live.ts'
import { openServer, type Server } from './edges/http/server.ts'
import { openIngest, type Ingest } from './edges/ingest/ingest.ts'
import { openEngines, type Engines } from './engines.ts'
import { openAppForwarding, type AppForwarding } from './forwarding.ts'
import { openEngineDesk } from './engine-desk.ts'
import { openEngineLimits } from './engine-limits.ts'
import { openEngineOffboards } from './engine-offboards.ts'
import { openEngineReadback, type EngineReadback } from './engine-readback.ts'
import { openEngineRules } from './engine-rules.ts'
import { jobRows } from './jobs.ts'
import { startLoops, type Loops } from './loops.ts'
import { openJobs } from './machinery/jobs/jobs.ts'
import { systemClock } from './machinery/runtime/clock.ts'
import { systemDisk } from './machinery/runtime/disk.ts'
import { openLogger } from './machinery/runtime/logger.ts'
import { openOutbound } from './machinery/runtime/outbound.ts'
import type { Settings } from './machinery/runtime/settings.ts'
import { openTelemetry } from './machinery/runtime/telemetry.ts'
import { appliedPosition, openBulkWorker } from './machinery/storage/bulk-writer.ts'
import { openDomain, type Domain } from './open-domain.ts'
import { openStores, type Stores } from './open-stores.ts'
import { watchItself } from './own-gauges.ts'
import { rollUp, tick } from './pipeline.ts'
import { openScraping, type Scraping } from './scraping.ts'

export interface App {
  readonly clock: Clock
  readonly log: Log
  readonly access: Access
  readonly tenants: Tenants
  readonly metrics: Metrics
  readonly slo: Slo
  readonly policies: BudgetPolicies
  readonly incidents: Incidents
  readonly reports: Reports
  readonly reviewZone: string
  readonly routing: Routing
  readonly ingest: Ingest
  readonly engines: Engines
  /** Creates or updates tenants, as configuration files describe them. */
  applyTenants(configs: readonly TenantConfig[]): void
  /** Replaces the rules of kinds that configuration files hold; see `readTenantFiles`. */
  applyRules(files: Pick<TenantFiles, 'attribution' | 'mapping'>): void
  /** Replaces the SLOs, overrides and budget policies that configuration files hold. */
  applySlos(parts: Partial<SloBookSpec>): void
  /** Names a scrape file that may come, where the settings name none. */
  awaitScrapeFile(path: string): void
  /** Names a file of engines that may come, where the settings name none. */
  awaitEnginesFile(path: string): void
  /** Runs one tick now. Loops do it by themselves once started. */
  tick(): Promise<void>
  checkpoint(): Promise<void>
  /** Listens and begins all loops. Throws PORT_TAKEN. */
  start(): Promise<void>
  /** The address that it listens at. Only once started. */
  url(): string
  /**
   * Stops taking requests, finishes what is under way, writes a checkpoint, closes everything. Call
   * once, started or not.
   */
  stop(): Promise<void>
}

/** Opens the program on this machine's clock, disk and network. */
export async function openSystemApp(settings: Settings, parts: Partial<AppParts>): Promise<App> {
  const log = parts.log ?? openLogger({ level: settings.logLevel })
  const clock = parts.clock ?? systemClock()
  return openApp(settings, {
    clock,
    log,
    disk: parts.disk ?? systemDisk(),
    outbound: parts.outbound ?? openOutbound({ clock }),
    telemetry: parts.telemetry ?? openTelemetry({ log }),
    openBulk: parts.openBulk ?? ((directory) => openBulkWorker({ directory, log })),
    kind: parts.kind ?? 'serve',
  })
}

/**
 * Opens the program over its data directory: locked, migrated, restored, replayed. Rejects with
 * DATA_LOCKED, DATA_OTHER_KIND, DATABASE_OPEN, CONTROL_LOST, LOG_DAMAGED, COUNTS_LOST; then
 * everything is closed again.
 */
export async function openApp(settings: Settings, parts: AppParts): Promise<App> {
  const closing = openClosing()
  try {
    closing.add(() => parts.telemetry.close())
    closing.add(claimDataDirectory(settings.dataDirectory, parts.kind))
    return connect(settings, parts, closing)
  } catch (error) {
    await closing.close()
    throw error
  }
}

function connect(settings: Settings, parts: AppParts, closing: Closing): App {
  const { clock, log, telemetry } = parts
  const stores = openStores(settings, parts, closing)
  const domain = openDomain(settings, parts, stores)
  const { access, tenants, metrics, policies, incidents, reports, routing } = domain
  const ha = {
    clusterLabel: settings.haClusterLabel,
    replicaLabel: settings.haReplicaLabel,
    failoverSeconds: settings.haFailoverSeconds,
  }
  const ingest = openIngest({
    metrics,
    log: stores.wal,
    ...(settings.logSync === 'always' ? { durable: () => stores.wal.sync() } : {}),
    clock,
    counters: telemetry,
    logger: log,
    ha,
  })
  let ticking: Promise<unknown> | undefined
  const checkpoints = openCheckpoints({
    ...parts,
    ...domain,
    ...stores,
    counters: telemetry,
    ticking: () => ticking,
    maxTailBytes: settings.checkpointTailBytes,
    maxAgeMs: settings.checkpointSeconds * SECOND_MS,
    fromPosition: appliedPosition(stores.bulk, SHARED_FILE),
  })
  recover(domain, ingest, stores, parts)
  const scrape = openScraping({
    file: settings.scrapeConfig,
    ingest,
    clock,
    counters: telemetry,
    log,
  })
  const engines = openEngines({
    file: settings.enginesConfig,
    db: stores.control,
    tenants,
    outbound: parts.outbound,
    clock,
    counters: telemetry,
    log,
  })
  const forwarding = openAppForwarding(parts, domain, stores, engines, settings)
  const engineRules = openEngineRules({
    engines,
    domain,
    control: stores.control,
    clock,
    counters: telemetry,
    log,
  })
  const offboards = openEngineOffboards({ engines, control: stores.control, access, clock })
  const readback = openEngineReadback({ engines, ...domain, clock, counters: telemetry, log })
  const jobs = openJobs({ db: stores.control, clock, counters: telemetry, log })
  const alertIntake = openAlertIntake({
    ...domain,
    control: stores.control,
    clock,
    pause: () => clock.sleep(0),
  })
  const live = openLive({ clock })
  const { dataDirectory } = settings
  const collector = openCollector({
    clock,
    metrics,
    scrape,
    checkpoints,
    dataDirectory,
    counters: telemetry,
    wal: stores.wal,
  })
  closing.add(() => collector.close())
  const server = openAppServer(settings, parts, domain, {
    ingest,
    alertIntake,
    live,
    scrape,
    collector,
    forwarding,
    ha,
    rulers: readback,
    engines: openEngineDesk({
      engines,
      rules: engineRules,
      limits: openEngineLimits({ engines, tenants, clock }),
      offboards,
    }),
    checkpoint: () => checkpoints.write().then(() => checkpoints.failuresInARow() === 0),
  })
  let loops: Loops | undefined
  let address: string | undefined
  let tickedAtMs = clock.monotonicMs()

  const tickNow = async (): Promise<void> => {
    const ticked = tick({
      clock,
      control: stores.control,
      ...domain,
      decide: readback.decide,
    }).finally(() => {
      ticking = undefined
    })
    ticking = ticked
    const busyMs = await ticked
    tickedAtMs = clock.monotonicMs()
    telemetry.observe('tenantry_tick_seconds', busyMs / SECOND_MS)
    collector.noteTick()
    live.announce(clock.nowMs())
  }
  watchItself({
    telemetry,
    domain,
    checkpoints,
    clock,
    dataDirectory,
    tickedAtMs: () => tickedAtMs,
  })
  jobs.define(
    jobRows({
      access,
      metrics,
      policies,
      incidents,
      foreign: domain.foreign,
      reports,
      reviewZone: settings.reviewZone,
      routing,
      tenants,
      engines,
      engineRules,
      offboards,
      clock,
      checkpoint: checkpoints.write,
    }),
  )

  return {
    clock,
    log,
    ...domain,
    reviewZone: settings.reviewZone,
    ingest,
    engines,
    applyTenants: (configs) => applyTenants(tenants, configs, clock.nowMs()),
    applyRules: (files) => applyRules(tenants, files, clock.nowMs()),
    applySlos: (parts) => applySlos(domain, parts, clock.nowMs()),
    awaitScrapeFile: (path) => scrape.awaitFile(path),
    awaitEnginesFile: (path) => engines.awaitFile(path),
    tick: tickNow,
    checkpoint: checkpoints.write,
    async start() {
      if (settings.bootstrapKey !== undefined)
        access.bootstrapKey(settings.bootstrapKey, clock.nowMs())
      await tickNow()
      await forwarding.look()
      address = await server.start()
      closing.add(() => removeServerFile(settings.dataDirectory))
      writeServerFile(settings.dataDirectory, {
        url: address,
        key: access.localKey(clock.nowMs()),
        pid: process.pid,
      })
      routing.start()
      scrape.start()
      engines.start()
      loops = startLoops({
        clock,
        log,
        loops: appLoops({
          tickNow,
          checkpoints,
          jobs,
          clock,
          log,
          telemetry,
          wal: stores.wal,
          logSync: settings.logSync,
          collector,
          forwarding,
          readback,
        }),
      })
      log.info({ url: address, dataDirectory: settings.dataDirectory }, 'started')
    },
    url() {
      if (address === undefined)
        throw new Error('assertion failed: url() is asked for after start()')
      return address
    },
    async stop() {
      try {
        await server.drain()
        await scrape.stop()
        await engines.stop()
        readback.stop()
        await engineRules.settled()
        await loops?.stop()
        await forwarding.stop()
        await routing.stop()
        await checkpoints.write()
        await stores.wal.sync()
      } finally {
        await closing.close()
      }
      log.info({}, 'stopped')
    },
  }
}

/** State = checkpoint + log: reads the one, replays the tail of the other. */
function recover(
  { metrics, slo }: Domain,
  ingest: Ingest,
  { bulk }: Stores,
  { clock, log }: AppParts,
): void {
  metrics.restore()
  slo.restore()
  const fromPosition = appliedPosition(bulk, SHARED_FILE)
  const startMs = clock.monotonicMs()
  const replayed = ingest.replay(fromPosition)
  rollUp({ metrics, slo }, clock.nowMs())
  log.info({ ...replayed, milliseconds: Math.round(clock.monotonicMs() - startMs) }, 'restored')
}

interface AppEdges {
  readonly ingest: Ingest
  readonly alertIntake: AlertIntake
  readonly live: Live
  readonly scrape: Scraping
  readonly collector: Collector
  readonly forwarding: AppForwarding
  readonly ha: HaRules
  readonly engines: EngineDesk
  readonly rulers: Pick<EngineReadback, 'rulerOf'>
  readonly checkpoint: () => Promise<boolean>
}

function openAppServer(
  settings: Settings,
  { clock, log, telemetry }: AppParts,
  domain: Domain,
  edges: AppEdges,
): Server {
  const { ingest, ...shown } = edges
  return openServer({
    routes: apiRoutes({
      ...domain,
      ...shown,
      reviewZone: settings.reviewZone,
      artefacts: openArtefacts(),
      clock,
      pause: () => clock.sleep(0),
      counters: telemetry,
    }),
    rawRoutes: [
      ...ingest.rawRoutes,
      ...expositionRoutes({ ...domain, users: domain.metrics.activeUsers, telemetry, clock }),
    ],
    access: domain.access,
    clock,
    counters: telemetry,
    log,
    host: settings.host,
    port: settings.port,
  })
}

function applyTenants(tenants: Tenants, configs: readonly TenantConfig[], nowMs: number): void {
  for (const config of configs) tenants.apply(config, SYSTEM, nowMs)
}

function applyRules(
  { rules }: Tenants,
  { attribution, mapping }: Pick<TenantFiles, 'attribution' | 'mapping'>,
  nowMs: number,
): void {
  if (attribution !== undefined) rules.setAttribution(attribution, SYSTEM, nowMs)
  if (mapping !== undefined) rules.setMapping(mapping, SYSTEM, nowMs)
}

function applySlos({ slo, sloBook }: Domain, parts: Partial<SloBookSpec>, nowMs: number): void {
  if (sloBook.set(parts, SYSTEM, nowMs)) slo.follow(sloBookOf(sloBook.spec()))
}
