/**
 * The SLO book as it is kept: what configuration says about SLOs, replaced part by part, each
 * change a version with its entry in the audit log. Old versions are kept to be read.
 */
import { inTransaction, type Database } from '../../machinery/storage/database.ts'
import type { Access, Principal } from '../access/access.ts'
import { BookStore } from './book-store.ts'
import type { BudgetPolicySpec } from './model/budget-policy.ts'
import { bookProblems, EMPTY_BOOK, type BookProblem, type SloBookSpec } from './model/slo-book.ts'
import { TenantryError } from '../../core/errors.ts'
import { SLO_ERRORS } from './errors.ts'

/** Versions that are kept to be read. */
const KEPT_VERSIONS = 50

export interface BookVersion {
  readonly version: number
  readonly createdAtMs: number
  readonly createdBy: string
}

export interface SloBookKeeper {
  /** 0 before anything was configured. */
  version(): number
  spec(): SloBookSpec
  /** Shape: newest first. */
  versions(): readonly BookVersion[]
  /**
   * Replaces the SLOs, the overrides, the policies or several of them. Tells whether anything
   * changed. Throws SLO_BOOK_INVALID.
   */
  set(parts: Partial<SloBookSpec>, actor: Principal, nowMs: number): boolean
}

export function openSloBook({ db, access }: { db: Database; access: Access }): SloBookKeeper {
  const store = new BookStore(db)
  const stored = store.newestAcrossTenants()
  let version = stored?.version ?? 0
  let spec: SloBookSpec =
    stored === undefined
      ? EMPTY_BOOK
      : {
          slos: JSON.parse(stored.slos) as SloBookSpec['slos'],
          overrides: JSON.parse(stored.overrides) as SloBookSpec['overrides'],
          policies: JSON.parse(stored.policies) as BudgetPolicySpec[],
        }

  return {
    version: () => version,
    spec: () => spec,
    versions: () => store.versionsAcrossTenants(),
    set(parts, actor, nowMs) {
      const next = { ...spec, ...parts }
      if (textOf(next) === textOf(spec)) return false
      refuseProblems(bookProblems(next))
      const number = version + 1
      inTransaction(db, () => {
        const row = {
          version: number,
          createdAtMs: nowMs,
          createdBy: actor.id,
          slos: JSON.stringify(next.slos),
          overrides: JSON.stringify(next.overrides),
          policies: JSON.stringify(next.policies ?? []),
        }
        store.writeAcrossTenants(row, number - KEPT_VERSIONS + 1)
        const details = { version: number, ...changesBetween(spec, next) }
        const entry = { actor, action: 'slo-book.changed', target: 'slo-book' } as const
        access.audit.record({ ...entry, tenantId: null, details }, nowMs)
      })
      version = number
      spec = next
      return true
    },
  }
}

/** Tells what an audit entry says: the SLOs as they are now, and the overrides that differ. */
function changesBetween(before: SloBookSpec, after: SloBookSpec): Record<string, unknown> {
  const texts = new Set(before.overrides.map((override) => JSON.stringify(override)))
  const now = new Set(after.overrides.map((override) => JSON.stringify(override)))
  const overrides = after.overrides.filter((override) => !texts.has(JSON.stringify(override)))
  const gone = before.overrides
    .filter((override) => !now.has(JSON.stringify(override)))
    .map(({ tenant, slo }) => `${tenant}/${slo}`)
  const isSame = JSON.stringify(before.slos) === JSON.stringify(after.slos)
  const { policies = [] } = after
  const arePoliciesSame = JSON.stringify(before.policies ?? []) === JSON.stringify(policies)
  return {
    ...(isSame ? {} : { slos: after.slos }),
    ...(arePoliciesSame ? {} : { policies }),
    overrides,
    overridesGone: gone,
  }
}

function textOf({ slos, overrides, policies = [] }: SloBookSpec): string {
  return JSON.stringify([slos, overrides, policies])
}

function refuseProblems(problems: readonly BookProblem[]): void {
  if (problems.length === 0) return
  const errors = problems.map(({ list, index, field, message }) => ({
    field: [list, index, ...field].join('.'),
    message,
  }))
  const said = errors.map(({ field, message }) => `${field}: ${message}`).join('; ')
  const details = { errors }
  throw new TenantryError(SLO_ERRORS.SLO_BOOK_INVALID, `changing SLOs: ${said}`, { details })
}
