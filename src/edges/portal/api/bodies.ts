/** Answers of routes that have no schema file of their own. */
export interface AlertBody {
  readonly alertId: string
  readonly tenantId: string
  readonly source: string
  readonly key: string
  readonly state: 'firing' | 'resolved'
  readonly action: 'page' | 'ticket' | 'report'
  readonly summary: string
  /** `slo`, `speed` and `tier` of a burn, as they were last told. */
  readonly labels: Readonly<Record<string, string>>
  readonly openedAtMs: number
  readonly firedAtMs: number
  readonly heldAtMs: number
  readonly resolvedAtMs: number | null
  readonly flaps: number
  readonly openingNumbers: Readonly<Record<string, number>>
  /** As last seen. */
  readonly numbers: Readonly<Record<string, number>>
}

export interface AlertEventBody {
  readonly sequence: number
  readonly atMs: number
  readonly kind: string
  readonly action: AlertBody['action']
  readonly summary: string
  readonly numbers: Readonly<Record<string, number>>
}

export interface DeliveryBody {
  readonly deliveryId: string
  readonly channel: string
  readonly event: string
  readonly state: string
  readonly attempts: number
  readonly createdAtMs: number
  readonly settledAtMs: number | null
  readonly lastError: string | null
}

export interface AlertDetailBody extends AlertBody {
  /** Oldest first. */
  readonly timeline: readonly AlertEventBody[]
  readonly deliveries: readonly DeliveryBody[]
}

export interface AlertListBody {
  readonly items: readonly AlertBody[]
  readonly nextCursor: string | null
}
