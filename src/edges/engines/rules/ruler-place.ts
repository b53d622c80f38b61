/**
 * Rules in the ruler of Mimir or Cortex, by its API: one group a call, each tenant's among its own.
 * Source: Grafana Mimir, "HTTP API: Ruler"; Cortex, "HTTP API: Ruler".
 */
import { parse, stringify } from 'yaml'
import { TenantryError } from '../../../core/errors.ts'
import type { TenantId } from '../../../core/ids.ts'
import type { Clock } from '../../../core/ports.ts'
import { callEngine, type Call } from '../engine-calls.ts'
import type { EngineClient } from '../engine-client.ts'
import { ENGINE_ERRORS } from '../errors.ts'
import {
  groupKey,
  isSameGroup,
  OWN_NAMESPACE,
  type GroupBody,
  type RuleGroup,
} from './rule-group.ts'
import type { OwnRules, RulePlace } from './rule-place.ts'

const PATHS = { mimir: '/prometheus/config/v1/rules', cortex: '/api/v1/rules' } as const
const NOT_FOUND = 404

export function openRulerPlace(parts: {
  readonly client: EngineClient
  readonly clock: Clock
  readonly type: keyof typeof PATHS
  readonly url: string
  readonly maxGroups: number
}): RulePlace {
  const { client, type, url, maxGroups } = parts
  const base = url + PATHS[type]
  const call = (
    what: Omit<Call, 'url'> & { readonly path: string },
  ): ReturnType<typeof callEngine> => {
    const { path, ...rest } = what
    return callEngine(parts, { ...rest, url: base + path }, [NOT_FOUND])
  }

  const put = async (tenantId: TenantId, { namespace, body }: RuleGroup): Promise<void> => {
    const said = await call({
      method: 'POST',
      path: `/${encodeURIComponent(namespace)}`,
      tenantId,
      headers: { 'content-type': 'application/yaml' },
      body: stringify(body, { lineWidth: 0, aliasDuplicateObjects: false }),
    })
    if (said.status === NOT_FOUND) throw noApi(client)
  }
  /** One that is gone already is as wanted. */
  const remove = async (tenantId: TenantId, { namespace, body }: RuleGroup): Promise<void> => {
    const path = `/${encodeURIComponent(namespace)}/${encodeURIComponent(body.name)}`
    await call({ method: 'DELETE', path, tenantId })
  }

  return {
    async read(tenantId) {
      const said = await call({ method: 'GET', path: '', tenantId })
      if (said.status !== NOT_FOUND) return ownOf(said.body, client)
      if (/no rule groups/i.test(said.body)) return { groups: [], foreignGroups: 0 }
      throw noApi(client)
    },
    placed: (_, groups) => groups,
    async replace(tenantId, before, wanted) {
      const there = new Map(before.groups.map((group) => [groupKey(group), group]))
      const changed = wanted.filter((group) => {
        const now = there.get(groupKey(group))
        return now === undefined || !isSameGroup(now, group)
      })
      const keys = new Set(wanted.map(groupKey))
      const gone = before.groups.filter((group) => !keys.has(groupKey(group)))
      const added = changed.filter((group) => !there.has(groupKey(group)))
      // A ruler counts a group that it replaces as one more: without room the old one goes first.
      const count = before.groups.length + before.foreignGroups + added.length
      const isTight = count >= maxGroups
      if (isTight) for (const group of gone) await remove(tenantId, group)
      for (const group of changed) {
        if (isTight && there.has(groupKey(group))) await remove(tenantId, group)
        await put(tenantId, group)
      }
      if (!isTight) for (const group of gone) await remove(tenantId, group)
    },
    owners: () => Promise.resolve([]),
    settle: () => Promise.resolve(),
  }
}

function ownOf(text: string, { engine }: EngineClient): OwnRules {
  let read: unknown
  try {
    read = parse(text) as unknown
  } catch (cause) {
    throw new TenantryError(ENGINE_ERRORS.unreadable, `${engine.name}: its rules are no YAML`, {
      cause,
    })
  }
  const namespaces = Object.entries((read ?? {}) as Record<string, GroupBody[] | null>)
  const all = namespaces.flatMap(([namespace, bodies]) =>
    (bodies ?? []).map((body) => ({ namespace, body: { ...body, rules: body.rules ?? [] } })),
  )
  const groups = all.filter(({ namespace }) => namespace.startsWith(OWN_NAMESPACE))
  return { groups, foreignGroups: all.length - groups.length }
}

function noApi({ engine }: EngineClient): TenantryError {
  return new TenantryError(ENGINE_ERRORS.noRulerApi, `${engine.name}: there is no ruler API`)
}
