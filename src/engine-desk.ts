/** Engines as the API asks of them: by name, and in the shapes of its answers. */
import { TenantryError } from './core/errors.ts'
import { PURPOSES, type Engine } from './edges/engines/engine.ts'
import { ENGINE_ERRORS } from './edges/engines/errors.ts'
import type { LimitDesk } from './edges/engines/limits/limit-desk.ts'
import type { Offboard, Offboards } from './edges/engines/offboard/offboard.ts'
import { groupText } from './edges/engines/rules/plan.ts'
import type { PlannedOwner, RuleDesk } from './edges/engines/rules/rule-desk.ts'
import type { EngineDesk } from './edges/http/api/engines.ts'
import type {
  EngineBody,
  EngineOffboardBody,
  PlannedOwnerBody,
} from './edges/http/api/engines.schema.ts'
import type { Engines } from './engines.ts'

/** Makes the desk over engines and their rules. */
export function openEngineDesk({
  engines,
  rules,
  limits,
  offboards,
}: {
  readonly engines: Engines
  readonly rules: RuleDesk
  readonly limits: LimitDesk
  readonly offboards: Offboards
}): EngineDesk {
  const need = (name: string): Engine => {
    const engine = engines.find(name)
    if (engine !== undefined) return engine
    throw new TenantryError(ENGINE_ERRORS.unknown, `there is no engine ${JSON.stringify(name)}`)
  }
  return {
    list: () => engines.list().map((engine) => engineBody(engine, engines)),
    problems: () => engines.problems(),
    async plan(name, tenantIds, texts) {
      const plan = await rules.plan(need(name), tenantIds)
      return { ...plan, owners: plan.owners.map((owner) => ownerBody(owner, texts)) }
    },
    push: async (name, asked) => rules.push(need(name), asked),
    rollback: async (name, asked) => rules.rollback(need(name), asked),
    async limits(name, drift) {
      const view = await limits.view(need(name), drift)
      const items = view.items.map((item) => ({ ...item, differences: [...item.differences] }))
      return { ...view, items }
    },
    async offboard(name, tenantId, actor) {
      return offboardBody(await offboards.run(need(name), tenantId, actor))
    },
    offboards: (name) => offboards.list(need(name)).map(offboardBody),
    pushes: (name) => [...rules.pushes(need(name))],
    pushDetails(name, pushId) {
      const { items, ...push } = rules.details(need(name), pushId)
      return { ...push, items: items.map(({ pushId: _p, engine: _e, ...item }) => item) }
    },
  }
}

function offboardBody(offboard: Offboard): EngineOffboardBody {
  return { ...offboard, steps: [...offboard.steps] }
}

function engineBody(engine: Engine, engines: Engines): EngineBody {
  const { name, type, tenantLabel, evaluator } = engine
  const purposes = PURPOSES.filter((purpose) => engine[purpose] !== undefined)
  return {
    name,
    type,
    tenantLabel,
    evaluator,
    purposes: purposes.map((purpose) => ({
      purpose,
      tenants: engines.tenantsOf(engine, purpose).length,
    })),
  }
}

function ownerBody({ changes, ...owner }: PlannedOwner, texts: boolean): PlannedOwnerBody {
  return {
    ...owner,
    changes: changes.map(({ before, after, ...change }) => ({
      ...change,
      before: texts ? groupText(before) : null,
      after: texts ? groupText(after) : null,
    })),
  }
}
