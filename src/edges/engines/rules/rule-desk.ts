/**
 * The door of rules in engines: what a push would change, the push itself, what became of it, and
 * taking it back. A push runs by itself once it was begun; there is one at a time an engine.
 */
import { assert } from '../../../core/assert.ts'
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Clock, Counters, Log } from '../../../core/ports.ts'
import { DAY_MS } from '../../../core/time.ts'
import type { Access, Principal } from '../../../domain/access/access.ts'
import { randomToken } from '../../../machinery/runtime/ids.ts'
import { inTransaction, type Database } from '../../../machinery/storage/database.ts'
import type { Engine, EngineRules } from '../engine.ts'
import { ENGINE_ERRORS } from '../errors.ts'
import { applyAll, OWNERS_AT_ONCE, textOf, type Applied, type Wanted } from './apply.ts'
import { guardedPlace } from './guarded-place.ts'
import { inParallel } from './in-parallel.ts'
import { changesBetween, type GroupChange } from './plan.ts'
import { PushStore } from './push-store.ts'
import { GOOD_OUTCOMES, type Push, type PushedOwner } from './push.ts'
import { hashOfGroups } from './rule-group.ts'
import type { RulePlace } from './rule-place.ts'
import { SHARED_OWNER, whyTooMuch, type RuleSet } from './rule-sets.ts'

/** Pushes are kept that long, the last of each engine longer. */
const KEPT_MS = 90 * DAY_MS

export interface PlannedOwner {
  readonly owner: TenantId
  /** `orphan`: it is no tenant of the engine any more, and what it has there goes. */
  readonly state: 'same' | 'differs' | 'orphan' | 'refused' | 'unreachable'
  readonly hash: string
  readonly groups: number
  readonly rules: number
  readonly changes: readonly GroupChange[]
  /** Why it is refused or unreachable. */
  readonly detail: string | null
}

export interface RulePlan {
  readonly engine: string
  readonly atMs: number
  /** Of all that shall be there: the same as long as nothing was configured otherwise. */
  readonly hash: string
  readonly owners: readonly PlannedOwner[]
}

export interface PushDetails extends Push {
  readonly items: readonly PushedOwner[]
}

export interface RuleDesk {
  /** Compares what is there with what shall be; of some tenants or of all. */
  plan(engine: Engine, tenantIds: readonly TenantId[] | null): Promise<RulePlan>
  /** Begins a push. Throws ENGINE_PUSH_RUNS, ENGINE_PLAN_CHANGED, ENGINE_NOT_ITS_TENANT. */
  push(engine: Engine, asked: PushAsked): Promise<Push>
  /** Begins to put back what owners had before a push. Throws ENGINE_NO_PUSH, ENGINE_PUSH_RUNS. */
  rollback(engine: Engine, asked: RollbackAsked): Promise<Push>
  /** Shape: newest first. */
  pushes(engine: Engine): readonly Push[]
  /** Throws ENGINE_NO_PUSH. */
  details(engine: Engine, pushId: string): PushDetails
  /** Compares all engines with what shall be there, for the metrics. Tells those that differ. */
  verify(engines: readonly Engine[]): Promise<readonly string[]>
  /** Resolves once no push is under way. */
  settled(): Promise<void>
  prune(nowMs: number): void
}

export interface PushAsked {
  readonly tenantIds: readonly TenantId[] | null
  /** The plan that was looked at. Another one by now is refused. */
  readonly hash: string | null
  readonly actor: Principal
}

export interface RollbackAsked {
  readonly pushId: string
  readonly tenantIds: readonly TenantId[] | null
  readonly actor: Principal
}

export interface RuleDeskDeps {
  readonly db: Database
  readonly access: Access
  readonly clock: Clock
  readonly counters: Counters
  readonly log: Log
  readonly placeOf: (engine: Engine, rules: EngineRules) => RulePlace
  /** Which sets an engine shall have now. */
  readonly setsOf: (engine: Engine) => Generator<void, RuleSet[]>
}

interface Running {
  readonly push: Push
  readonly ended: Promise<void>
}

export function openRuleDesk(deps: RuleDeskDeps): RuleDesk {
  const { db, access, clock, counters, log } = deps
  const store = new PushStore(db)
  const running = new Map<string, Running>()
  /** Owners that differed when last looked at, by engine. */
  const drifted = new Map<string, number>()
  const interrupted = store.interruptAcrossTenants(clock.nowMs())
  if (interrupted > 0) log.warn({ interrupted }, 'a push of rules was broken off: push it again')

  const placeOf = (engine: Engine): { rules: EngineRules; place: RulePlace } => {
    const { rules } = engine
    if (rules === undefined)
      throw new TenantryError(ENGINE_ERRORS.noRules, `${engine.name} is not said to have rules`)
    return { rules, place: guardedPlace(deps.placeOf(engine, rules)) }
  }

  /** What shall be there, with nothing for owners that are none any more. */
  const wantedOf = async (engine: Engine, place: RulePlace): Promise<Wanted[]> => {
    const sets = await inSlices(deps.setsOf(engine), clock)
    const known = new Set(sets.map(({ owner }) => owner))
    const before = [...store.pushedOwnersAcrossTenants(engine.name), ...(await place.owners())]
    const orphans = [...new Set(before)].filter((owner) => !known.has(owner)).toSorted()
    return [...sets, ...orphans.map((owner) => ({ owner, groups: [], hash: NOTHING }))]
  }

  const planOne = async (
    wanted: Wanted,
    { place, rules }: { place: RulePlace; rules: EngineRules },
  ): Promise<PlannedOwner> => {
    const { owner, groups, hash } = wanted
    const rulesOf = groups.reduce((sum, { body }) => sum + body.rules.length, 0)
    const facts = { owner, hash, groups: groups.length, rules: rulesOf, changes: [] }
    try {
      const there = await place.read(owner)
      const refusal = whyTooMuch(wanted, rules, there.foreignGroups)
      if (refusal !== undefined) return { ...facts, state: 'refused', detail: refusal }
      const changes = changesBetween(there.groups, place.placed(owner, groups))
      const differs = groups.length === 0 ? 'orphan' : 'differs'
      return { ...facts, changes, state: changes.length === 0 ? 'same' : differs, detail: null }
    } catch (error) {
      return { ...facts, state: 'unreachable', detail: textOf(error) }
    }
  }

  const plan: RuleDesk['plan'] = async (engine, tenantIds) => {
    const parts = placeOf(engine)
    const wanted = await wantedOf(engine, parts.place)
    const some = chosen(engine, wanted, tenantIds)
    const planned = await inParallel(some, OWNERS_AT_ONCE, (one) => planOne(one, parts))
    // An orphan that has nothing there any more is nobody.
    const owners = planned.filter(({ groups, state }) => groups > 0 || state !== 'same')
    return { engine: engine.name, atMs: clock.nowMs(), hash: hashOf(wanted), owners }
  }

  /** Writes a push down and lets it run. */
  const begin = (engine: Engine, push: Push, wanted: readonly Wanted[], actor: Principal): Push => {
    const { rules, place } = placeOf(engine)
    const details = { engine: engine.name, push: push.pushId, hash: push.hash, owners: push.owners }
    inTransaction(db, () => {
      store.putAcrossTenants(push)
      const action = push.kind === 'push' ? 'engine-rules.pushed' : 'engine-rules.rolled-back'
      const entry = { actor, action, target: engine.name, tenantId: null } as const
      access.audit.record({ ...entry, details }, push.begunAtMs)
    })
    const failed: PushedOwner[] = []
    const note = (one: Wanted, applied: Applied): void => {
      const row = rowOf(push, one, applied, clock.nowMs())
      store.putOwner(one.owner, row, applied.before ?? null)
      if (row.outcome === 'begun') return
      counters.add('tenantry_engine_rule_pushes_total', 1, { outcome: row.outcome })
      if (!GOOD_OUTCOMES.includes(row.outcome)) failed.push(row)
    }
    const run = async (): Promise<void> => {
      await applyAll(wanted, {
        place,
        refusal: (one, there) => whyTooMuch(one, rules, there.foreignGroups),
        note,
      })
    }
    const end = (error?: unknown): void => {
      if (error !== undefined) log.error({ err: error, ...details }, 'a push of rules broke off')
      const outcome = error === undefined && failed.length === 0 ? 'ok' : 'failed'
      const endedAtMs = clock.nowMs()
      inTransaction(db, () => {
        store.putAcrossTenants({ ...push, outcome, endedAtMs })
        const told = failed.slice(0, 20).map(({ owner, outcome: why }) => `${owner}: ${why}`)
        const entry = { actor, action: 'engine-rules.push-ended', target: engine.name } as const
        const ending = { ...details, outcome, failed: failed.length, told }
        access.audit.record({ ...entry, tenantId: null, details: ending }, endedAtMs)
      })
      running.delete(engine.name)
      failures.set(engine.name, failed.length + (error === undefined ? 0 : 1))
      log.info({ ...details, outcome, failed: failed.length }, 'a push of rules ended')
    }
    running.set(engine.name, { push, ended: run().then(() => end(), end) })
    return push
  }
  const failures = new Map<string, number>()
  const gauge = (name: string, values: ReadonlyMap<string, number>): void =>
    counters.gauge(name, () => [...values.values()].reduce((sum, value) => sum + value, 0))
  gauge('tenantry_engine_rules_drifted', drifted)
  gauge('tenantry_engine_rules_failed', failures)

  const refuseSecond = (engine: Engine): void => {
    if (!running.has(engine.name)) return
    throw new TenantryError(ENGINE_ERRORS.pushRuns, `a push to ${engine.name} is under way`)
  }

  const find = (engine: Engine, pushId: string): Push => {
    const push = store.findAcrossTenants(pushId)
    if (push?.engine === engine.name) return push
    throw new TenantryError(ENGINE_ERRORS.noPush, `${engine.name} has no push ${pushId}`)
  }

  const newPush = (engine: Engine, actor: Principal, wanted: readonly Wanted[]): Push => ({
    pushId: randomToken(9),
    engine: engine.name,
    kind: 'push',
    ofPushId: null,
    hash: hashOf(wanted),
    begunAtMs: clock.nowMs(),
    begunBy: actor.id,
    endedAtMs: null,
    outcome: 'running',
    owners: wanted.length,
  })

  return {
    plan,
    async push(engine, { tenantIds, hash, actor }) {
      const wanted = await wantedOf(engine, placeOf(engine).place)
      refuseSecond(engine)
      if (hash !== null && hash !== hashOf(wanted)) {
        const message = `${engine.name}: the plan ${hash} is not the one of now`
        throw new TenantryError(ENGINE_ERRORS.planChanged, message)
      }
      const some = chosen(engine, wanted, tenantIds)
      const push = { ...newPush(engine, actor, some), hash: hashOf(wanted) }
      return begin(engine, push, some, actor)
    },
    // oxlint-disable-next-line require-await -- a refusal rejects, as that of `push` does
    async rollback(engine, { pushId, tenantIds, actor }) {
      const of = find(engine, pushId)
      refuseSecond(engine)
      const owners = store
        .ownersAcrossTenants(of.pushId)
        .filter(({ owner }) => tenantIds === null || tenantIds.includes(owner))
      const wanted = owners.flatMap(({ owner }): Wanted[] => {
        const groups = store.before(owner, of.pushId)
        return groups === undefined ? [] : [{ owner, groups, hash: hashOfGroups(groups) }]
      })
      const push = newPush(engine, actor, wanted)
      return begin(engine, { ...push, kind: 'rollback', ofPushId: of.pushId }, wanted, actor)
    },
    pushes: (engine) => store.newestAcrossTenants(engine.name, 50),
    details(engine, pushId) {
      const push = find(engine, pushId)
      return { ...push, items: store.ownersAcrossTenants(pushId) }
    },
    async verify(engines) {
      const withRules = engines.filter(({ rules }) => rules !== undefined)
      const names = new Set(withRules.map(({ name }) => name))
      for (const name of drifted.keys()) if (!names.has(name)) drifted.delete(name)
      for (const name of failures.keys()) if (!names.has(name)) failures.delete(name)
      const told: string[] = []
      for (const engine of withRules) {
        const { owners } = await plan(engine, null)
        const off = owners.filter(({ state }) => state !== 'same')
        drifted.set(engine.name, off.length)
        if (off.length === 0) failures.delete(engine.name)
        const [first] = off
        if (first !== undefined)
          told.push(
            `${engine.name}: ${off.length} of ${owners.length} differ, ${first.owner} first`,
          )
      }
      return told
    },
    async settled() {
      await Promise.all([...running.values()].map(({ ended }) => ended))
    },
    prune: (nowMs) => store.pruneAcrossTenants(nowMs - KEPT_MS),
  }
}

/** How long sets are worked out before other work has a turn. */
const SLICE_MS = 4

async function inSlices<Result>(steps: Generator<void, Result>, clock: Clock): Promise<Result> {
  for (let untilMs = clock.monotonicMs() + SLICE_MS; ;) {
    const step = steps.next()
    if (step.done === true) return step.value
    if (clock.monotonicMs() < untilMs) continue
    await clock.sleep(0)
    untilMs = clock.monotonicMs() + SLICE_MS
  }
}

const NOTHING = hashOfGroups([])

/** Takes some of the owners; what is of all comes along with any of them. */
function chosen(
  engine: Engine,
  wanted: readonly Wanted[],
  tenantIds: readonly TenantId[] | null,
): readonly Wanted[] {
  if (tenantIds === null) return wanted
  for (const tenantId of tenantIds) {
    if (wanted.some(({ owner }) => owner === tenantId)) continue
    const message = `${tenantId} has no rules in ${engine.name}, and none to get`
    throw new TenantryError(ENGINE_ERRORS.notItsTenant, message)
  }
  return wanted.filter(({ owner }) => owner === SHARED_OWNER || tenantIds.includes(owner))
}

function hashOf(wanted: readonly Wanted[]): string {
  const sets = wanted.filter(({ groups }) => groups.length > 0)
  return hashOfGroups(
    sets.map(({ owner, hash }) => ({ namespace: owner, body: { name: hash, rules: [] } })),
  )
}

function rowOf(push: Push, { owner, hash }: Wanted, applied: Applied, atMs: number): PushedOwner {
  const { outcome, detail, changes } = applied
  assert(detail === null || detail.length > 0, 'a detail says something')
  return { owner, pushId: push.pushId, engine: push.engine, outcome, detail, hash, changes, atMs }
}
