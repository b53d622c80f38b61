/** Answers of routes that have no schema file of their own. */
export interface SessionBody {
  readonly name: string
  readonly role: string
  /** Null for somebody who sees the whole platform. */
  readonly tenantId: string | null
}

export interface AlertBody {
  readonly alertId: string
  readonly tenantId: string
  readonly source: string
  readonly key: string
  readonly state: 'firing' | 'resolved'
  readonly action: 'page' | 'ticket' | 'report'
  readonly summary: string
  readonly firedAtMs: number
  readonly resolvedAtMs: number | null
}

export interface AlertListBody {
  readonly items: readonly AlertBody[]
  readonly nextCursor: string | null
}
