/** The contract of rules in Mimir and Cortex, against a server that answers as their ruler does. */
import { afterEach, describe, expect, it } from 'vitest'
import { SYSTEM } from '../../../../src/domain/access/access.ts'
import { startFakeRuler, type FakeRuler } from '../fake-ruler.ts'
import { openRulesWorld, outcomes, type RulesWorld } from './harness.ts'
import { CANARY, HOSTILE_SLO, HOSTILE_TITLE } from '../../../codegen/hostile.ts'

let ruler: FakeRuler
let world: RulesWorld

afterEach(async () => {
  await world.close()
  await ruler.stop()
})

async function open(type: 'mimir' | 'cortex' = 'mimir', rules = ''): Promise<void> {
  ruler = await startFakeRuler(type)
  world = openRulesWorld(
    `engines: [{ name: e, type: ${type}, rules: { url: "${ruler.url}"${rules} } }]`,
  )
}

const posts = (): string[] => ruler.calls.filter((call) => call.startsWith('POST'))
const writes = (): string[] => ruler.calls.filter((call) => !call.startsWith('GET'))

describe.each(['mimir', 'cortex'] as const)('rules in the ruler of %s', (type) => {
  it('are planned, pushed, read back and left alone the second time', async () => {
    await open(type)
    world.tenant('acme', 'enterprise')
    world.tenant('bolt', 'starter')
    const plan = await world.desk.plan(world.engine(), null)
    expect(plan.owners.map(({ owner, state }) => [owner, state])).toEqual([
      ['acme', 'differs'],
      ['bolt', 'differs'],
    ])
    expect(plan.owners[0]?.changes.every(({ change }) => change === 'create')).toBe(true)
    expect(ruler.rules.get('acme')?.size ?? 0).toBe(0)

    const first = await world.push(null, plan.hash)
    expect([first.outcome, outcomes(first)]).toEqual(['ok', { acme: 'changed', bolt: 'changed' }])
    expect(ruler.groupsOf('acme')).toContain('tenantry-error-rate/tenantry-error-rate-minute')
    expect(posts().length).toBe(2 * plan.owners[0]!.groups)
    expect(plan.owners[0]?.rules).toBeGreaterThan(20)

    ruler.calls.length = 0
    const second = await world.push()
    expect(outcomes(second)).toEqual({ acme: 'unchanged', bolt: 'unchanged' })
    expect(writes()).toEqual([])
    expect((await world.desk.plan(world.engine(), null)).owners[0]?.state).toBe('same')
    expect(await world.desk.verify(world.engines.list())).toEqual([])
    expect(world.counters.read('tenantry_engine_rules_drifted')).toBe(0)
  })

  it('say who the tenant is and what it is promised, in its own data', async () => {
    await open(type)
    world.tenant('acme', 'enterprise')
    world.sloBook.set(
      {
        overrides: [{ tenant: 'acme', slo: 'error-rate', objectives: [{ percent: 99.95 }] }],
      } as never,
      SYSTEM,
      0,
    )
    await world.push()
    const rules = [...ruler.rules.get('acme')!.get('tenantry-tenants')!.values()].flatMap(
      (group) => group.rules,
    )
    expect(rules).toContainEqual({
      record: 'tenantry:tenant_tier',
      expr: 'vector(1)',
      labels: { tenant: 'acme', tier: 'enterprise' },
    })
    expect(rules).toContainEqual({
      record: 'tenantry:slo_budget_ratio',
      expr: 'vector(0.0005)',
      labels: { tenant: 'acme', tier: 'enterprise', slo: 'error-rate' },
    })
    const text = JSON.stringify(rules)
    expect(text).not.toContain('tenantry_tenant_info')
    expect(text).toContain('TenantNoData')
  })

  it('leave namespaces alone that are not Tenantry’s, and take away what is no more', async () => {
    await open(type)
    world.tenant('acme')
    const foreign = { name: 'g', rules: [{ record: 'a', expr: 'b' }] }
    const old = { name: 'gone', rules: [{ record: 'a', expr: 'b' }] }
    ruler.rules.set(
      'acme',
      new Map([
        ['theirs', new Map([['g', foreign]])],
        ['tenantry-old-slo', new Map([['gone', old]])],
      ]),
    )
    const plan = await world.desk.plan(world.engine(), null)
    expect(plan.owners[0]?.changes.at(-1)).toMatchObject({
      namespace: 'tenantry-old-slo',
      group: 'gone',
      change: 'delete',
    })
    await world.push()
    expect(ruler.groupsOf('acme')).toContain('theirs/g')
    expect(ruler.groupsOf('acme')).not.toContain('tenantry-old-slo/gone')
    expect(writes().some((call) => call.includes('theirs'))).toBe(false)
  })

  it('go with a tenant that the engine has no more', async () => {
    await open(type)
    world.tenant('acme')
    world.tenant('bolt')
    await world.push()
    const tenant = world.tenants.get('bolt' as never)!
    const text = `engines: [{ name: e, type: ${type}, tenants: { ids: [acme] }, rules: { url: "${ruler.url}" } }]`
    const directory = world.directory
    expect(tenant.tier).toBe('enterprise')
    const { writeFileSync } = await import('node:fs')
    world.engines.start()
    writeFileSync(`${directory}/engines.yaml`, text)
    await expect.poll(() => world.engines.generation(), { timeout: 10_000 }).toBe(1)
    const plan = await world.desk.plan(world.engine(), null)
    expect(plan.owners.map(({ owner, state }) => [owner, state])).toEqual([
      ['acme', 'same'],
      ['bolt', 'orphan'],
    ])
    const push = await world.push()
    expect(outcomes(push)).toEqual({ acme: 'unchanged', bolt: 'changed' })
    expect(ruler.groupsOf('bolt')).toEqual([])
    await world.engines.stop()
  })

  it('are put back where one call of many fails, and where it is asked for', async () => {
    await open(type)
    world.tenant('acme', 'enterprise')
    const first = await world.push()
    const before = ruler.groupsOf('acme')
    world.sloBook.set({ slos: [{ ...HOSTILE_SLO, sloId: 'zz-last' }] }, SYSTEM, 0)
    ruler.fail = ({ method, namespace, group }) =>
      method === 'POST' && namespace === 'tenantry-zz-last' && group.includes('hour')
        ? { status: 400, body: 'the store said no' }
        : undefined
    const failed = await world.push()
    expect(failed.outcome).toBe('failed')
    expect(failed.items).toMatchObject([
      { outcome: 'restored', detail: expect.stringContaining('the store said no') as string },
    ])
    expect(ruler.groupsOf('acme')).toEqual(before)
    expect(world.counters.read('tenantry_engine_rules_failed')).toBe(1)

    ruler.fail = () => undefined
    const pushed = await world.push()
    expect(pushed.outcome).toBe('ok')
    expect(ruler.groupsOf('acme').length).toBeGreaterThan(before.length)
    const back = await world.rollback(pushed.pushId)
    expect([back.outcome, back.kind, back.ofPushId]).toEqual(['ok', 'rollback', pushed.pushId])
    expect(ruler.groupsOf('acme').toSorted()).toEqual(before.toSorted())
    // Taking back the very first leaves nothing.
    await world.rollback(first.pushId)
    expect(ruler.groupsOf('acme')).toEqual([])
    const [told] = await world.desk.verify(world.engines.list())
    expect(told).toBe('e: 1 of 1 differ, acme first')
    expect(world.counters.read('tenantry_engine_rules_drifted')).toBe(1)
  })
})

describe('a ruler', () => {
  it('that is busy is asked again, as long as it says', async () => {
    await open()
    world.tenant('acme')
    let left = 3
    ruler.fail = ({ method }) => {
      if (method === 'GET' || left === 0) return undefined
      left -= 1
      return left === 0
        ? { status: 503 }
        : { status: 429, body: 'slow down', headers: { 'retry-after': '1' } }
    }
    const push = await world.push()
    expect(push.outcome).toBe('ok')
  })

  it('that took a group and then broke is read back, not believed', async () => {
    await open()
    world.tenant('acme')
    let once = true
    ruler.fail = ({ method }) => {
      if (method !== 'POST' || !once) return undefined
      once = false
      return { status: 500, after: true }
    }
    expect((await world.push()).outcome).toBe('ok')
  })

  it('that takes fewer groups is not pushed to, and the SLO is named', async () => {
    await open('mimir', ', maxGroups: 5')
    world.tenant('acme')
    ruler.rules.set('acme', new Map([['theirs', new Map([['g', { name: 'g', rules: [] }]])]]))
    const { owners } = await world.desk.plan(world.engine(), null)
    expect(owners[0]?.state).toBe('refused')
    expect(owners[0]?.detail).toMatch(
      /^[a-z-]+: does not fit: \d+ groups and 1 that are not Tenantry's, and 5 are taken$/,
    )
    const push = await world.push()
    expect(outcomes(push)).toEqual({ acme: 'refused' })
    expect(writes()).toEqual([])
  })

  it('that is full takes changed groups all the same', async () => {
    await open()
    world.tenant('acme', 'enterprise')
    await world.push()
    ruler.limits.groups = ruler.groupsOf('acme').length
    const engine = world.engine()
    Object.assign(engine.rules!, { maxGroups: ruler.limits.groups })
    world.tenants.update('acme' as never, { tier: 'starter' }, SYSTEM, 1)
    const push = await world.push()
    expect([push.outcome, outcomes(push)]).toEqual(['ok', { acme: 'changed' }])
  })

  it('that protects a namespace says so, and everything is as it was', async () => {
    await open()
    world.tenant('acme')
    ruler.protectedNamespaces.add('tenantry-error-rate')
    const push = await world.push()
    expect(push.items).toMatchObject([
      { outcome: 'restored', detail: expect.stringContaining('is protected') as string },
    ])
    expect(ruler.groupsOf('acme')).toEqual([])
  })

  it('that is not there stops the rest from being waited for', async () => {
    await open()
    for (let n = 0; n < 30; n += 1) world.tenant(`t${n}`)
    await ruler.stop()
    const push = await world.push()
    expect(new Set(Object.values(outcomes(push)))).toEqual(new Set(['unreachable']))
    expect(push.items).toHaveLength(30)
    ruler = await startFakeRuler()
  })

  it('that is another API is told from one without rules', async () => {
    await open('cortex')
    const { url } = ruler
    await world.close()
    world = openRulesWorld(`engines: [{ name: e, type: mimir, rules: { url: "${url}" } }]`)
    world.tenant('acme')
    const push = await world.push()
    expect(push.items).toMatchObject([
      { outcome: 'unreachable', detail: 'e: there is no ruler API' },
    ])
  })
})

describe('a push', () => {
  it('is held to the plan that was looked at, and to tenants of the engine', async () => {
    await open()
    world.tenant('acme')
    await expect(world.push(null, 'other')).rejects.toMatchObject({ code: 'ENGINE_PLAN_CHANGED' })
    await expect(world.push(['bolt'])).rejects.toMatchObject({ code: 'ENGINE_NOT_ITS_TENANT' })
    expect(writes()).toEqual([])
  })

  it('of one tenant leaves the others', async () => {
    await open()
    world.tenant('acme')
    world.tenant('bolt')
    const push = await world.push(['bolt'])
    expect(outcomes(push)).toEqual({ bolt: 'changed' })
    expect(ruler.groupsOf('acme')).toEqual([])
  })

  it('runs alone, stands in the audit log, and is told to be interrupted by a restart', async () => {
    await open()
    world.tenant('acme')
    const original = ruler.fail
    const engine = world.engine()
    const asked = { tenantIds: null, hash: null, actor: SYSTEM }
    ruler.fail = () => ({ status: 429, headers: { 'retry-after': '30' } })
    const push = await world.desk.push(engine, asked)
    await expect(world.desk.push(engine, asked)).rejects.toMatchObject({ code: 'ENGINE_PUSH_RUNS' })
    ruler.fail = original
    await world.desk.settled()
    const audit = world.access.audit.list({ limit: 10 }).items
    expect(audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['engine-rules.pushed', 'engine-rules.push-ended']),
    )
    world.db.prepare("UPDATE engine_push SET ended_at_ms = NULL, outcome = 'running'").run()
    expect(world.reopen().details(engine, push.pushId).outcome).toBe('interrupted')
  })

  it('keeps hostile texts as they are, and no secret', async () => {
    await open()
    world.tenant('acme', 'enterprise', HOSTILE_TITLE.replaceAll('\n', ' '))
    world.sloBook.set({ slos: [HOSTILE_SLO] }, SYSTEM, 0)
    const push = await world.push()
    expect([push.outcome, outcomes(push)]).toEqual(['ok', { acme: 'changed' }])
    const namespace = ruler.rules.get('acme')!.get('tenantry-hostile')!
    const text = JSON.stringify([...namespace.values()])
    expect(text).toContain('💥')
    expect(await world.push().then(outcomes)).toEqual({ acme: 'unchanged' })
    const { owners } = await world.desk.plan(world.engine(), null)
    const stored = world.db.prepare('SELECT * FROM engine_push_tenant').all()
    const all = [text, JSON.stringify(owners), JSON.stringify(stored), JSON.stringify(world.logged)]
    for (const told of all) expect(told).not.toContain(CANARY)
  })
})
