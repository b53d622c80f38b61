/**
 * What the registry and the operator's rules said, as far as the stage has asked: it goes by that
 * until it looks again, at the beginning of a write, and what it learned since stands in the log
 * before the write that it was learned for. So a replay is told what was known when a sample came,
 * and not what is known now.
 *
 * Only names that mean a tenant are remembered, so that there are never more than the registry has.
 * A log or a checkpoint of before there was such a memory holds none: then the registry is asked.
 */
import type { TenantId } from '../../core/ids.ts'
import { Attribution, type AttributionRule, type MappingRow } from '../tenants/tenants.ts'
import { Mark } from './mark.ts'
import type { LabelReader } from './status-class.ts'
import { Words } from './words.ts'
import type { SeriesRules, TenantResolver } from './write-context.ts'

/** What must be looked up again. */
export interface Learned {
  /** Series without a tenant. */
  readonly names: boolean
  /** All series. */
  readonly rules: boolean
}

/** As JSON, in the log. */
interface Decisions {
  /** Names and what they mean since; null for one that means nobody any more. */
  readonly names: readonly (readonly [observed: string, tenantId: TenantId | null])[]
  /** Whether series without a tenant were looked up again. */
  readonly looked: boolean
  readonly rules?: KnownRules
}

interface KnownRules {
  readonly digest: string
  readonly attribution: readonly AttributionRule[]
  readonly mapping: readonly MappingRow[]
}

const NO_KNOWN_RULES: KnownRules = { digest: '', attribution: [], mapping: [] }
/** No generation of a registry. */
const NEVER = -1

export class RegistryMemory {
  /** Each word is a number of its own, a name and what it means; later ones hold. */
  readonly words = new Words()
  /** The rules that are followed, as JSON. */
  readonly mark = new Mark()
  readonly #resolver: TenantResolver
  readonly #live: SeriesRules
  readonly #names = new Map<string, TenantId>()
  #rules = NO_KNOWN_RULES
  #attribution = new Attribution([])
  #generation = NEVER
  #wasRecorded = false
  /** In a replay nobody is asked. */
  isReplaying = false
  #fresh: [observed: string, tenantId: TenantId | null][] = []
  #looked = false
  #freshRules = false

  constructor(resolver: TenantResolver, rules: SeriesRules) {
    this.#resolver = resolver
    this.#live = rules
  }

  /** Tells the tenant that an observed value means. */
  resolve(observed: string): TenantId | undefined {
    const known = this.#names.get(observed)
    if (known !== undefined || (this.isReplaying && this.#wasRecorded)) return known
    const tenantId = this.#resolver.resolve(observed)
    if (tenantId !== undefined) this.#decide(observed, tenantId)
    return tenantId
  }

  /** Tells the name of the tenant that the rules give a series. */
  claim(label: LabelReader): string | undefined {
    return this.#attribution.tenantOf(label)
  }

  mapping(): readonly MappingRow[] {
    return this.#rules.mapping
  }

  /** Looks at the registry and the rules again. */
  look(): Learned {
    const digest = this.#live.digest()
    const rules = digest !== this.#rules.digest
    if (rules) {
      const [attribution, mapping] = [this.#live.attribution(), this.#live.mapping()]
      this.#follow({ digest, attribution, mapping })
      this.#freshRules = true
    }
    const generation = this.#resolver.generation()
    const names = generation !== this.#generation
    this.#generation = generation
    if (names) this.#askAgain()
    return { names, rules }
  }

  /**
   * Tells what was learned since `confirm`, for the log. Null for nothing. A restart's first look
   * at the registry teaches nothing that the memory does not have.
   */
  decisions(): Uint8Array | null {
    if (this.#fresh.length === 0 && !this.#freshRules) return null
    const decisions: Decisions = {
      names: this.#fresh,
      looked: this.#looked,
      ...(this.#freshRules ? { rules: this.#rules } : {}),
    }
    return Buffer.from(JSON.stringify(decisions))
  }

  /** Says that what `decisions` told is in the log. */
  confirm(): void {
    this.#fresh = []
    this.#looked = false
    this.#freshRules = false
  }

  /** Tells all that is known now, as `learn` takes it: for a reader of the log that begins here. */
  everything(): Uint8Array {
    const decisions: Decisions = { names: [...this.#names], looked: false, rules: this.#rules }
    return Buffer.from(JSON.stringify(decisions))
  }

  /** Takes over what the log tells. */
  learn(bytes: Uint8Array): Learned {
    const { names, looked, rules } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Decisions
    this.#wasRecorded = true
    this.isReplaying = true
    for (const [observed, tenantId] of names) this.#keep(observed, tenantId)
    if (rules !== undefined) this.#follow(rules)
    return { names: looked, rules: rules !== undefined }
  }

  /** Puts back what a checkpoint holds. The words come first, then the mark. */
  restoreWord(word: string): void {
    this.words.restore(word)
    this.#wasRecorded = true
    const [, observed, tenantId] = word.split('\0') as [string, string, string]
    this.#set(observed, tenantId === '' ? null : (tenantId as TenantId))
  }

  restoreRules(): void {
    if (!this.mark.text.startsWith('{')) return
    this.#wasRecorded = true
    this.#follow(JSON.parse(this.mark.text) as KnownRules)
  }

  #askAgain(): void {
    this.#looked = true
    for (const [observed, before] of this.#names) {
      const now = this.#resolver.resolve(observed)
      if (now !== before) this.#decide(observed, now ?? null)
    }
  }

  #decide(observed: string, tenantId: TenantId | null): void {
    this.#keep(observed, tenantId)
    if (!this.isReplaying) this.#fresh.push([observed, tenantId])
  }

  #keep(observed: string, tenantId: TenantId | null): void {
    this.#set(observed, tenantId)
    this.words.number(`${this.words.size}\0${observed}\0${tenantId ?? ''}`)
  }

  #set(observed: string, tenantId: TenantId | null): void {
    if (tenantId === null) this.#names.delete(observed)
    else this.#names.set(observed, tenantId)
  }

  #follow(rules: KnownRules): void {
    this.#rules = rules
    this.#attribution = new Attribution(rules.attribution)
    this.mark.set(JSON.stringify(rules))
  }
}
