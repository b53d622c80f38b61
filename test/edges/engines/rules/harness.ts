/** Engines with rules over a control database, a simulated tenant list and whatever answers at an
 *  address. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openAccess, SYSTEM, type Access } from '../../../../src/domain/access/access.ts'
import { openSloBook, type SloBookKeeper } from '../../../../src/domain/slo/slo.ts'
import { openTenants, type Tenants, type Tier } from '../../../../src/domain/tenants/tenants.ts'
import { openEngineRules } from '../../../../src/engine-rules.ts'
import { openEngines, type Engines } from '../../../../src/engines.ts'
import type { Engine } from '../../../../src/edges/engines/engine.ts'
import type { PushDetails, RuleDesk } from '../../../../src/edges/engines/rules/rule-desk.ts'
import { systemClock } from '../../../../src/machinery/runtime/clock.ts'
import {
  memoryCounters,
  type MemoryCounters,
} from '../../../../src/machinery/runtime/memory-counters.ts'
import { openOutbound } from '../../../../src/machinery/runtime/outbound.ts'
import { openDatabase, type Database } from '../../../../src/machinery/storage/database.ts'
import { config } from '../../../domain/access/harness.ts'
import { memoryLog, type LoggedLine } from '../../../machinery/support/memory-log.ts'

export interface RulesWorld {
  readonly directory: string
  readonly db: Database
  readonly access: Access
  readonly tenants: Tenants
  readonly sloBook: SloBookKeeper
  readonly engines: Engines
  readonly desk: RuleDesk
  readonly counters: MemoryCounters
  readonly logged: LoggedLine[]
  engine(name?: string): Engine
  tenant(id: string, tier?: Tier, name?: string): void
  /** Pushes and waits for the end. */
  push(tenantIds?: string[] | null, hash?: string | null): Promise<PushDetails>
  rollback(pushId: string): Promise<PushDetails>
  /** Opens the desk anew, as a restart does. */
  reopen(): RuleDesk
  close(): Promise<void>
}

/** Opens it with the text of `engines.yaml`. Waits of the desk are cut short. */
export function openRulesWorld(text: string, directory = temporary()): RulesWorld {
  const system = systemClock()
  const clock = {
    ...system,
    sleep: (ms: number, signal?: AbortSignal) => system.sleep(ms / 100, signal),
  }
  const db = openDatabase({ path: ':memory:', kind: 'control' })
  const log = memoryLog()
  const access = openAccess({ db, log })
  const tenants = openTenants({ db, access })
  const sloBook = openSloBook({ db, access })
  const counters = memoryCounters()
  const outbound = openOutbound({ clock: system })
  const file = join(directory, 'engines.yaml')
  writeFileSync(file, text)
  const engines = openEngines({ file, db, tenants, outbound, clock, counters, log })
  const openDesk = (): RuleDesk =>
    openEngineRules({
      engines,
      domain: { access, tenants, sloBook },
      control: db,
      clock,
      counters,
      log,
    })
  let desk = openDesk()
  const need = (name?: string): Engine => engines.find(name ?? engines.list()[0]!.name)!
  const ended = async (pushId: string): Promise<PushDetails> => {
    await desk.settled()
    return desk.details(need(), pushId)
  }
  return {
    directory,
    db,
    access,
    tenants,
    sloBook,
    engines,
    get desk() {
      return desk
    },
    counters,
    logged: log.lines as LoggedLine[],
    engine: need,
    tenant(id, tier = 'enterprise', name = id) {
      tenants.create(config(id, { tier, name }), SYSTEM, clock.nowMs())
    },
    async push(tenantIds = null, hash = null) {
      const asked = { tenantIds: tenantIds as never, hash, actor: SYSTEM }
      const { pushId } = await desk.push(need(), asked)
      return ended(pushId)
    },
    async rollback(pushId) {
      const push = await desk.rollback(need(), { pushId, tenantIds: null, actor: SYSTEM })
      return ended(push.pushId)
    },
    reopen() {
      desk = openDesk()
      return desk
    },
    async close() {
      await desk.settled()
      outbound.close()
      db.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'tenantry-rules-'))
}

/** Tells an outcome an owner. */
export function outcomes(push: PushDetails): Record<string, string> {
  return Object.fromEntries(push.items.map(({ owner, outcome }) => [owner, outcome]))
}
