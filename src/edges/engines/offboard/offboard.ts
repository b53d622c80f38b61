/**
 * Getting a tenant out of an engine: rules, data, and whether it is gone. What was done is on
 * record; asked again it goes on where it was, and a job asks again while an engine takes its time.
 */
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Clock } from '../../../core/ports.ts'
import type { Access, Principal } from '../../../domain/access/access.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Accounts } from '../accounts.ts'
import { ENGINE_TYPES } from '../config-schema.ts'
import type { EngineClient } from '../engine-client.ts'
import type { Engine } from '../engine.ts'
import { ENGINE_ERRORS } from '../errors.ts'
import { textOf } from '../rules/apply.ts'
import type { RulePlace } from '../rules/rule-place.ts'
import { OffboardStore } from './offboard-store.ts'
import { offboardSteps, type OffboardStep } from './offboard-steps.ts'

export interface OffboardedStep {
  readonly name: OffboardStep['name']
  /** `pending`: the one before is not done. */
  readonly state: 'pending' | 'done' | 'waiting' | 'failed'
  /** Why it failed. */
  readonly detail: string | null
  readonly atMs: number | null
}

export interface Offboard {
  readonly tenantId: TenantId
  readonly engine: string
  readonly begunAtMs: number
  readonly begunBy: string
  /** Null while something of it is there, as far as is known. */
  readonly endedAtMs: number | null
  readonly steps: readonly OffboardedStep[]
}

export interface Offboards {
  /** Begins, or goes on. Rejects with ENGINE_SERVES_TENANT while the engine has the tenant. */
  run(engine: Engine, tenantId: TenantId, actor: Principal): Promise<Offboard>
  /** Shape: newest first. */
  list(engine: Engine): readonly Offboard[]
  /** Goes on with all that have not ended. Tells those that failed. */
  follow(): Promise<readonly string[]>
}

export interface OffboardDeps {
  readonly db: Database
  readonly access: Access
  readonly clock: Clock
  readonly accounts: Accounts
  readonly find: (engine: string) => Engine | undefined
  /** Whether the engine has the tenant, for whatever purpose. */
  readonly serves: (engine: Engine, tenantId: TenantId) => boolean
  readonly clientOf: (engine: Engine) => EngineClient
  /** Undefined where the engine has no rules as files. */
  readonly filesOf: (engine: Engine) => RulePlace | undefined
}

export function openOffboards(deps: OffboardDeps): Offboards {
  const { db, access, clock, accounts } = deps
  const store = new OffboardStore(db)

  const steps = (engine: Engine, tenantId: TenantId): readonly OffboardStep[] => {
    const files = deps.filesOf(engine)
    const own = files === undefined ? [] : [fileStep(files)]
    const { tenancy } = ENGINE_TYPES[engine.type]
    // Without an account nothing was ever written for it.
    const isKnown =
      tenancy !== 'account' || accounts.all().some((each) => each.tenantId === tenantId)
    return [...own, ...(isKnown ? offboardSteps(engine) : [])]
  }

  const goOn = async (engine: Engine, begun: Offboard): Promise<Offboard> => {
    const { tenantId } = begun
    let offboard = begun
    for (const step of steps(engine, tenantId)) {
      const before = offboard.steps.find(({ name }) => name === step.name)
      if (before?.state === 'done') continue
      const done = await runStep(step, { client: deps.clientOf(engine), clock, tenantId })
      offboard = { ...offboard, steps: replaced(offboard.steps, done) }
      store.put(tenantId, offboard)
      if (done.state !== 'done') return offboard
    }
    offboard = { ...offboard, endedAtMs: clock.nowMs() }
    store.put(tenantId, offboard)
    return offboard
  }

  const runStep = async (
    step: OffboardStep,
    parts: Parameters<OffboardStep['run']>[0],
  ): Promise<OffboardedStep> => {
    const { name } = step
    try {
      return { name, state: await step.run(parts), detail: null, atMs: clock.nowMs() }
    } catch (error) {
      return { name, state: 'failed', detail: textOf(error), atMs: clock.nowMs() }
    }
  }

  return {
    async run(engine, tenantId, actor) {
      if (deps.serves(engine, tenantId)) {
        const message = `${engine.name} has ${tenantId}: what is deleted there would come again`
        throw new TenantryError(ENGINE_ERRORS.servesTenant, message)
      }
      const before = store.find(tenantId, engine.name)
      const isOpen = before !== undefined && before.endedAtMs === null
      const offboard: Offboard = isOpen
        ? before
        : {
            tenantId,
            engine: engine.name,
            begunAtMs: clock.nowMs(),
            begunBy: actor.id,
            endedAtMs: null,
            steps: steps(engine, tenantId).map(({ name }) => ({ name, ...PENDING })),
          }
      if (!isOpen)
        inTransaction(db, () => {
          store.put(tenantId, offboard)
          const entry = { actor, action: 'engine.tenant-offboarded', target: engine.name } as const
          access.audit.record({ ...entry, tenantId }, offboard.begunAtMs)
        })
      return goOn(engine, offboard)
    },
    list: (engine) => store.listAcrossTenants(engine.name),
    async follow() {
      const failed: string[] = []
      for (const open of store.openAcrossTenants()) {
        const engine = deps.find(open.engine)
        if (engine === undefined || deps.serves(engine, open.tenantId)) continue
        const { steps: done } = await goOn(engine, open)
        const wrong = done.find(({ state }) => state === 'failed')
        if (wrong !== undefined)
          failed.push(`${open.tenantId} in ${engine.name}: ${wrong.name}: ${wrong.detail ?? ''}`)
      }
      return failed
    },
  }
}

const PENDING = { state: 'pending', detail: null, atMs: null } as const

function replaced(all: readonly OffboardedStep[], step: OffboardedStep): readonly OffboardedStep[] {
  return all.some(({ name }) => name === step.name)
    ? all.map((each) => (each.name === step.name ? step : each))
    : [...all, step]
}

/** Rules that are files. */
function fileStep(files: RulePlace): OffboardStep {
  return {
    name: 'rules',
    async run({ tenantId }) {
      const there = await files.read(tenantId)
      if (there.groups.length === 0) return 'done'
      await files.replace(tenantId, there, [])
      await files.settle()
      return 'done'
    },
  }
}
