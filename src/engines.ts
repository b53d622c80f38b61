/**
 * Distributed engines, as far as the program's construction goes: the file that says which there
 * are, read for the server and for `validate` and followed while the server runs, the way to each
 * of them, and whose engine is whose.
 */
import { readFileSync } from 'node:fs'
import { TenantryError } from './core/errors.ts'
import type { TenantId } from './core/ids.ts'
import type { Clock, Counters, Log, Outbound } from './core/ports.ts'
import type { Tenants } from './domain/tenants/tenants.ts'
import { openAccounts, type Accounts } from './edges/engines/accounts.ts'
import { openEngineClient, type EngineClient } from './edges/engines/engine-client.ts'
import { readEngineConfig, type EngineConfig } from './edges/engines/engine-config.ts'
import type { Engine, Purpose } from './edges/engines/engine.ts'
import { ENGINE_ERRORS } from './edges/engines/errors.ts'
import { engineFor } from './edges/engines/selectors.ts'
import { findInDirectory, openFollowedFile, toComeInDirectory } from './followed-file.ts'
import { placedProblemText } from './machinery/runtime/placed-yaml.ts'
import type { Database } from './machinery/storage/database.ts'

/** What the file is called within a directory of configuration. */
export const ENGINES_FILE = 'engines.yaml'

/** Finds the file of engines of a directory of configuration. */
export function findEnginesFile(directory: string): string | undefined {
  return findInDirectory(directory, ENGINES_FILE)
}

/** Tells where the file of engines of a directory of configuration may yet come. */
export function enginesFileToCome(directory: string): string | undefined {
  return toComeInDirectory(directory, ENGINES_FILE)
}

/** Reads a file of engines and tells them or what is wrong with it. Throws ENGINE_CONFIG. */
export function readEnginesFile(path: string): EngineConfig {
  try {
    return readEngineConfig(path, readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new TenantryError(ENGINE_ERRORS.config, `could not read ${path}`, { cause })
  }
}

export interface Engines {
  /** Names the file where there is none, for the case that it comes. Call it before `start`. */
  awaitFile(path: string): void
  /** Begins to look at the file. */
  start(): void
  stop(): Promise<void>
  /** Shape: in the order of the file. */
  list(): readonly Engine[]
  find(name: string): Engine | undefined
  /** Finds the engine that serves a tenant for a purpose; none for one that is not in the
   *  registry. */
  engineOf(tenantId: TenantId, purpose: Purpose): Engine | undefined
  /** Tells whose engine an engine is, for a purpose. Shape: active tenants, sorted by id. */
  tenantsOf(engine: Engine, purpose: Purpose): readonly TenantId[]
  /** Grows when other engines are there, or the same with other settings. */
  generation(): number
  clientOf(engine: Engine): EngineClient
  readonly accounts: Accounts
  /** What is wrong with the file as it is now, in words. */
  problems(): readonly string[]
}

/** Opens the engines; without a file there are none. Throws ENGINE_CONFIG. */
export function openEngines(parts: {
  readonly file: string | undefined
  readonly db: Database
  readonly tenants: Pick<Tenants, 'get' | 'active'>
  readonly outbound: Outbound
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
}): Engines {
  const { file, tenants, outbound, clock, counters, log } = parts
  const accounts = openAccounts({ db: parts.db, clock })
  const { engines: first, problems } = file === undefined ? NOTHING : readEnginesFile(file)
  if (problems.length > 0) {
    throw new TenantryError(
      ENGINE_ERRORS.config,
      `reading ${file ?? ''}:\n${problems.map(placedProblemText).join('\n')}`,
    )
  }
  let engines = first
  let generation = 0
  const followed = openFollowedFile({
    file,
    async take(path, text) {
      const read = readEngineConfig(path, text)
      if (read.problems.length > 0) return read.problems.map(placedProblemText)
      engines = read.engines
      generation += 1
      return []
    },
    words: { file: 'the file of engines', stays: 'the engines' },
    metrics: {
      valid: 'tenantry_engine_config_valid',
      reloads: 'tenantry_engine_config_reloads_total',
    },
    clock,
    counters,
    log,
  })

  return {
    awaitFile: (path) => followed.awaitFile(path),
    start: () => followed.start(),
    stop: () => followed.stop(),
    list: () => engines,
    find: (name) => engines.find((engine) => engine.name === name),
    engineOf(tenantId, purpose) {
      const tier = tenants.get(tenantId)?.tier
      return tier === undefined ? undefined : engineFor(engines, purpose, { tenantId, tier })
    },
    tenantsOf: (engine, purpose) =>
      tenants
        .active()
        .filter(
          ({ tenantId, tier }) =>
            engineFor(engines, purpose, { tenantId, tier })?.name === engine.name,
        )
        .map(({ tenantId }) => tenantId),
    generation: () => generation,
    clientOf: (engine) => openEngineClient({ engine, outbound, accounts }),
    accounts,
    problems: () => followed.refused(),
  }
}

const NOTHING: EngineConfig = { engines: [], problems: [] }
