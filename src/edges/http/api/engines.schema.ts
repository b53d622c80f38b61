/** Engines, their plans and pushes as the API tells them. The portal imports these types only. */
import { z } from 'zod'

export const engineSchema = z.object({
  name: z.string(),
  type: z.enum(['mimir', 'cortex', 'victoriametrics-cluster', 'victoriametrics', 'prometheus']),
  tenantLabel: z.string(),
  /** Who decides for its tenants: Tenantry, or what its ruler records. */
  evaluator: z.enum(['local', 'ruler']),
  /** What it does, and for how many active tenants. */
  purposes: z.array(
    z.object({ purpose: z.enum(['write', 'rules', 'query', 'limits']), tenants: z.int() }),
  ),
})
export type EngineBody = z.infer<typeof engineSchema>

export const enginesSchema = z.object({
  items: z.array(engineSchema),
  /** What keeps the file of engines from being followed. */
  problems: z.array(z.string()),
})
export type EnginesBody = z.infer<typeof enginesSchema>

export const groupChangeSchema = z.object({
  namespace: z.string(),
  group: z.string(),
  change: z.enum(['create', 'update', 'delete']),
  /** The group as YAML; null where there is none, and where texts were not asked for. */
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type GroupChangeBody = z.infer<typeof groupChangeSchema>

export const plannedOwnerSchema = z.object({
  /** The tenant, or `__fleet__` for rules that count all tenants of one place. */
  owner: z.string(),
  /** `orphan`: it is no tenant of the engine any more, and what it has there goes. */
  state: z.enum(['same', 'differs', 'orphan', 'refused', 'unreachable']),
  hash: z.string(),
  groups: z.int(),
  rules: z.int(),
  changes: z.array(groupChangeSchema),
  /** Why it is refused or unreachable. */
  detail: z.string().nullable(),
})
export type PlannedOwnerBody = z.infer<typeof plannedOwnerSchema>

export const enginePlanSchema = z.object({
  engine: z.string(),
  atMs: z.number(),
  /** Of all that shall be there; a push may be held to it. */
  hash: z.string(),
  owners: z.array(plannedOwnerSchema),
})
export type EnginePlanBody = z.infer<typeof enginePlanSchema>

const limitValue = z.union([z.number(), z.boolean(), z.string()])

export const engineLimitsSchema = z.object({
  engine: z.string(),
  /** The runtime file of Mimir or Cortex, as it shall be. */
  text: z.string(),
  /** What told the limits that run; null where the engine was not asked. */
  source: z.enum(['runtime_config', 'user_limits', 'user-overrides']).nullable(),
  items: z.array(
    z.object({
      tenantId: z.string(),
      limits: z.record(z.string(), limitValue),
      /** `unknown`: the engine was not asked. */
      state: z.enum(['same', 'differs', 'unknown']),
      /** `is` null: the engine does not say. */
      differences: z.array(
        z.object({ limit: z.string(), wanted: limitValue, is: limitValue.nullable() }),
      ),
    }),
  ),
})
export type EngineLimitsBody = z.infer<typeof engineLimitsSchema>

export const engineOffboardSchema = z.object({
  tenantId: z.string(),
  engine: z.string(),
  begunAtMs: z.number(),
  begunBy: z.string(),
  /** Null while something of it is there, as far as is known. */
  endedAtMs: z.number().nullable(),
  steps: z.array(
    z.object({
      name: z.enum(['rules', 'data', 'gone']),
      /** `waiting`: asked for, and the engine takes its time. */
      state: z.enum(['pending', 'done', 'waiting', 'failed']),
      detail: z.string().nullable(),
      atMs: z.number().nullable(),
    }),
  ),
})
export type EngineOffboardBody = z.infer<typeof engineOffboardSchema>

export const engineOffboardsSchema = z.object({ items: z.array(engineOffboardSchema) })

const pushFacts = {
  pushId: z.string(),
  engine: z.string(),
  kind: z.enum(['push', 'rollback']),
  /** Of a rollback: the push that it takes back. */
  ofPushId: z.string().nullable(),
  hash: z.string(),
  begunAtMs: z.number(),
  begunBy: z.string(),
  endedAtMs: z.number().nullable(),
  outcome: z.enum(['running', 'ok', 'failed', 'interrupted']),
  owners: z.int(),
}
export const enginePushSchema = z.object(pushFacts)
export type EnginePushBody = z.infer<typeof enginePushSchema>

export const enginePushesSchema = z.object({ items: z.array(enginePushSchema) })

export const pushedOwnerSchema = z.object({
  owner: z.string(),
  outcome: z.enum([
    'begun',
    'unchanged',
    'changed',
    'refused',
    'unreachable',
    'restored',
    'half',
    'differs',
  ]),
  detail: z.string().nullable(),
  hash: z.string(),
  changes: z.int(),
  atMs: z.number(),
})

export const enginePushDetailsSchema = z.object({
  ...pushFacts,
  /** Those that are done with or begun, sorted. */
  items: z.array(pushedOwnerSchema),
})
export type EnginePushDetailsBody = z.infer<typeof enginePushDetailsSchema>
