import { describe, expect, it } from 'vitest'
import { isTenantryError } from '../../../src/core/errors.ts'
import { tenantId } from '../../../src/core/ids.ts'
import { DAY_MS, HOUR_MS } from '../../../src/core/time.ts'
import { SYSTEM } from '../../../src/domain/access/access.ts'
import { DEPLOY_LIMITS, type DeployEvent } from '../../../src/domain/tenants/tenants.ts'
import { config, openWorld, T0, type World } from '../access/harness.ts'

const ACME = tenantId('acme')
const BOLT = tenantId('bolt')
const EVENT: DeployEvent = {
  source: '/ci/api',
  eventId: '17',
  service: 'api',
  version: '2',
  atMs: T0,
  tenants: 'all',
}

function withTwo(): World {
  const world = openWorld()
  world.tenants.create(config('acme', { aliases: ['ACME Inc'] }), SYSTEM, T0)
  world.tenants.create(config('bolt'), SYSTEM, T0)
  return world
}

function record({ tenants }: World, event: Partial<DeployEvent>, nowMs = T0) {
  return tenants.deploys.record({ ...EVENT, ...event }, SYSTEM, nowMs)
}

const versions = ({ tenants }: World, query: object = {}) =>
  tenants.deploys.list({ limit: 50, ...query }).items.map(({ version }) => version)

function refusal(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    if (isTenantryError(error)) return { code: error.code, ...error.details }
    throw error
  }
  throw new Error('nothing was refused')
}

describe('deploys', () => {
  it('are recorded once per source and id, over restarts too, with an entry in the audit log', () => {
    const world = withTwo()
    const { deploy, isNew } = record(world, { tenants: ['bolt', 'ACME Inc', 'acme'] })
    expect(isNew).toBe(true)
    expect(deploy).toMatchObject({ ...EVENT, tenants: ['acme', 'bolt'], recordedAtMs: T0 })
    const again = { tenants: ['acme', 'bolt'] }
    expect(record(world.reopen(), again, T0 + HOUR_MS)).toEqual({ deploy, isNew: false })
    const other = record(world, { source: '/ci/web', version: '3' })
    expect(other.isNew).toBe(true)
    const entries = world.access.audit.list({ limit: 10 }).items
    const recorded = entries.filter(({ action }) => action === 'deploy.recorded')
    expect(recorded.map(({ target }) => target)).toEqual([
      `deploy/${other.deploy.deployId}`,
      `deploy/${deploy.deployId}`,
    ])
  })

  it('are of the time at which they were first told, where the event does not say', () => {
    const world = withTwo()
    expect(record(world, { atMs: null }).deploy.atMs).toBe(T0)
    const again = record(world, { atMs: null }, T0 + HOUR_MS)
    expect([again.isNew, again.deploy.atMs]).toEqual([false, T0])
  })

  it('refuse other facts under a known source and id', () => {
    const world = withTwo()
    record(world, {})
    expect(refusal(() => record(world, { version: '3', tenants: ['acme'] }))).toEqual({
      code: 'DEPLOY_CHANGED',
      errors: [
        { field: 'version', message: 'is not what was recorded before' },
        { field: 'tenants', message: 'is not what was recorded before' },
      ],
    })
    expect(versions(world)).toEqual(['2'])
  })

  it('name the fields that cannot be, and record nothing', () => {
    const world = withTwo()
    const event = { tenants: ['acme', 'nobody'], atMs: T0 + HOUR_MS }
    expect(refusal(() => record(world, event))).toEqual({
      code: 'DEPLOY_INVALID',
      errors: [
        { field: 'time', message: 'expected an instant that is not in the future' },
        { field: 'tenants.1', message: 'there is no tenant "nobody"' },
      ],
    })
    expect(refusal(() => record(world, { atMs: T0 - 91 * DAY_MS }))).toMatchObject({
      errors: [{ field: 'time', message: 'is longer ago than deploys are kept' }],
    })
    expect(versions(world)).toEqual([])
  })

  it('are listed newest first, by tenant, service and range, in pages', () => {
    const world = withTwo()
    record(world, { eventId: '1', version: 'v1', atMs: T0 - 3 })
    record(world, { eventId: '2', version: 'v2', atMs: T0 - 2, tenants: ['acme'] })
    record(world, { eventId: '3', version: 'v3', atMs: T0 - 1, tenants: ['bolt'] })
    record(world, { eventId: '4', version: 'v4', service: 'web' })
    expect(versions(world)).toEqual(['v4', 'v3', 'v2', 'v1'])
    expect(versions(world, { tenantId: ACME })).toEqual(['v4', 'v2', 'v1'])
    expect(versions(world, { tenantId: BOLT, service: 'api' })).toEqual(['v3', 'v1'])
    expect(versions(world, { fromMs: T0 - 2, toMs: T0 })).toEqual(['v3', 'v2'])
    const first = world.tenants.deploys.list({ tenantId: ACME, limit: 2 })
    expect(first.items.map(({ version }) => version)).toEqual(['v4', 'v2'])
    expect(versions(world, { tenantId: ACME, cursor: first.nextCursor })).toEqual(['v1'])
    expect(refusal(() => versions(world, { cursor: 'x' }))).toEqual({ code: 'TENANT_CURSOR' })
  })

  it('are kept for a while', () => {
    const world = withTwo()
    record(world, { eventId: '1', version: 'old', tenants: ['acme'] })
    record(world, { eventId: '2', version: 'new', atMs: T0 + DAY_MS }, T0 + DAY_MS)
    expect(world.tenants.deploys.prune(T0 + DEPLOY_LIMITS.keptMs)).toBe(0)
    expect(world.tenants.deploys.prune(T0 + DEPLOY_LIMITS.keptMs + 1)).toBe(1)
    expect(versions(world)).toEqual(['new'])
    expect(world.db.prepare('SELECT count(*) AS rows FROM deploy_tenant').get()).toEqual({
      rows: 0,
    })
  })
})
