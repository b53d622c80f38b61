import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { tenantId, type TenantId } from '../src/core/ids.ts'
import type { Tenant, Tier } from '../src/domain/tenants/tenants.ts'
import { openEngines, type Engines } from '../src/engines.ts'
import { systemClock } from '../src/machinery/runtime/clock.ts'
import { memoryCounters, type MemoryCounters } from '../src/machinery/runtime/memory-counters.ts'
import { openDatabase } from '../src/machinery/storage/database.ts'
import { memoryLog } from './machinery/support/memory-log.ts'

const TIERS: Readonly<Record<string, Tier>> = {
  acme: 'enterprise',
  bolt: 'enterprise',
  core: 'starter',
}
const TENANTS = Object.entries(TIERS).map(
  ([id, tier]) => ({ tenantId: tenantId(id), tier }) as Tenant,
)

let directory: string
let file: string
let counters: MemoryCounters
let engines: Engines | undefined

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tenantry-engines-'))
  file = join(directory, 'engines.yaml')
})

afterEach(async () => {
  await engines?.stop()
  rmSync(directory, { recursive: true })
})

function open(given: string | undefined): Engines {
  const clock = systemClock()
  counters = memoryCounters()
  engines = openEngines({
    file: given,
    db: openDatabase({ path: ':memory:', kind: 'control' }),
    tenants: {
      get: (id) => TENANTS.find((tenant) => tenant.tenantId === id),
      active: () => TENANTS,
    },
    outbound: { send: () => Promise.reject(new Error('nobody is called here')) },
    clock: { ...clock, sleep: (delayMs, signal) => clock.sleep(delayMs / 1_000, signal) },
    counters,
    log: memoryLog(),
  })
  if (given === undefined) engines.awaitFile(file)
  engines.start()
  return engines
}

async function until(satisfied: () => boolean): Promise<void> {
  for (let turn = 0; turn < 500 && !satisfied(); turn += 1)
    await new Promise((done) => setTimeout(done, 10))
  expect(satisfied()).toBe(true)
}

const ONE = 'engines:\n- { name: one, type: mimir, write: { url: http://x } }'

describe('engines', () => {
  it('know whose they are: one that names a tenant goes before that of its tier', () => {
    writeFileSync(
      file,
      `engines:
- { name: tier, type: mimir, tenants: { tiers: [enterprise] }, write: { url: http://a }, rules: { url: http://a } }
- { name: own, type: cortex, tenants: { ids: [bolt, gone] }, write: { url: http://b } }`,
    )
    const own = open(file)
    const nameOf = (id: string, purpose: 'write' | 'rules' | 'query'): string | undefined =>
      own.engineOf(id as TenantId, purpose)?.name
    expect(['acme', 'bolt', 'core', 'gone'].map((id) => nameOf(id, 'write'))).toEqual([
      'tier',
      'own',
      undefined,
      undefined,
    ])
    expect([nameOf('bolt', 'rules'), nameOf('bolt', 'query')]).toEqual(['tier', undefined])
    expect(own.tenantsOf(own.find('tier')!, 'write')).toEqual(['acme'])
    expect(own.tenantsOf(own.find('tier')!, 'rules')).toEqual(['acme', 'bolt'])
    expect(own.tenantsOf(own.find('own')!, 'rules')).toEqual([])
  })

  it('come with a file that comes later, change with it, and stay where it is not valid', async () => {
    const own = open(undefined)
    expect([own.list(), own.generation()]).toEqual([[], 0])
    writeFileSync(file, ONE)
    await until(() => own.generation() === 1)
    expect(own.list().map(({ name }) => name)).toEqual(['one'])
    writeFileSync(file, ONE.replace('mimir', 'thanos'))
    await until(() => own.problems().length > 0)
    expect(own.problems()[0]).toMatch(
      /engines\.yaml:2:22: engines\.0\.type: .*; the engines are still those/,
    )
    expect([own.list().length, own.generation()]).toEqual([1, 1])
    expect(counters.read('tenantry_engine_config_valid')).toBe(0)
    writeFileSync(file, '')
    await until(() => own.generation() === 2)
    expect([own.list(), own.problems()]).toEqual([[], []])
    expect(counters.read('tenantry_engine_config_valid')).toBe(1)
  })

  it('are not opened with a file that is not valid', () => {
    writeFileSync(file, 'engines: [{ name: a }]')
    expect(() => open(file)).toThrow(/engines\.yaml:\n1:11: engines\.0\.type: is missing/)
    expect(() => open(join(directory, 'none.yaml'))).toThrow('could not read')
    engines = undefined
  })
})
