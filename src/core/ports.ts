/**
 * What the domain asks of the outside world: types only. Implementations live in machinery;
 * `app.ts` hands them in.
 */
export interface Cancel {
  (): void
}

/** Time. Logic takes `nowMs` as an argument; only the files that wait or repeat hold a Clock. */
export interface Clock {
  /** Wall time, epoch milliseconds. May step backwards. */
  nowMs(): number
  /** Elapsed time since some fixed point, milliseconds with fraction. Never steps back. */
  monotonicMs(): number
  /** Calls once after a span. Never calls after cancel. */
  after(delayMs: number, call: () => void): Cancel
  /** Resolves after a span, or as soon as the signal aborts. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

export type LabelSet = Readonly<Record<string, string>>

/** Tenantry's metrics about itself. Label values are closed sets: never a tenant. */
export interface Counters {
  add(name: string, amount: number, labels?: LabelSet): void
  /** Records a value into a histogram, in the unit that the name ends with. */
  observe(name: string, value: number, labels?: LabelSet): void
  /**
   * Registers a value that is read at each collection. A second call for the same name and labels
   * replaces the first.
   */
  gauge(name: string, read: () => number, labels?: LabelSet): void
}

/** Reads what was added to counters since the process began. */
export interface CounterReader {
  /** Tells the sums of a counter, one a label set. Shape: in the order of their first use. */
  sums(name: string): readonly { readonly labels: LabelSet; readonly sum: number }[]
}

export interface Log {
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
  child(fields: Readonly<Record<string, unknown>>): Log
}

/**
 * Who named the address: an operator's configuration may name private addresses, a tenant's may
 * never reach one.
 */
export type Trust = 'operator' | 'tenant'

/** What a TLS connection shows of itself and trusts, where that is not the machine's own. */
export interface TlsFields {
  /** PEM texts. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
  readonly serverName?: string
  readonly insecureSkipVerify?: boolean
}

export interface OutboundRequest {
  readonly url: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  readonly timeoutMs: number
  readonly trust: Trust
  /** Only for an operator's address. */
  readonly tls?: TlsFields
  /** How much of the answer is read, where that is not the usual limit. */
  readonly maxResponseBytes?: number
  /** Hangs up when it aborts; the call then rejects as if no answer had come. */
  readonly signal?: AbortSignal
}

export interface OutboundResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** At most the outbound limit of bytes; longer answers are cut. */
  readonly body: string
  /** True where there was more than that. */
  readonly isCut: boolean
}

/** The way out. Rejects with a TenantryError (OUTBOUND_*) when no answer came. */
export interface Outbound {
  send(request: OutboundRequest): Promise<OutboundResponse>
}

export type BulkValue = string | number | bigint | Uint8Array | null

export interface BulkWrite {
  /** One statement with `?` placeholders. Stores own the text; the writer prepares it once. */
  readonly sql: string
  /** Read once, in order; may be made only then, so that a large batch is never in memory whole. */
  readonly rows: Iterable<readonly BulkValue[]>
}

/** Everything that one bulk file learns at one log position. Applied whole or not at all. */
export interface BulkBatch {
  /** `shared`, or the id of a tenant that has a file of its own. */
  readonly file: string
  /**
   * The state in the batch includes every log record that ends at or before this position. Null for
   * housekeeping, such as deleting what is kept no longer: it leaves the file's position as it is.
   */
  readonly logPosition: number | null
  readonly writes: readonly BulkWrite[]
}

/** The one writer of the bulk files. Rows handed over belong to the writer from then on. */
export interface BulkWriter {
  commit(batch: BulkBatch): Promise<void>
  /** Reads through a connection of its own. Runs on the calling thread: keep it short. */
  read<Row>(file: string, sql: string, parameters?: readonly BulkValue[]): Row[]
  close(): Promise<void>
}

export interface DiskSpace {
  /** What this user may still write. */
  readonly freeBytes: number
  readonly sizeBytes: number
}

/** Files as the log needs them, so that a test can make them tear, fill up or fail. */
export interface Disk {
  makeDirectory(path: string): void
  list(path: string): string[]
  openAppend(path: string): DiskFile
  read(path: string): Buffer
  sizeBytes(path: string): number
  truncate(path: string, sizeBytes: number): void
  remove(path: string): void
  /** Does the same while the calling thread goes on: a large file takes its time. */
  removeMeanwhile(path: string): Promise<void>
  /** Tells how much room the disk that holds a path has. Null where it is not told. */
  space(path: string): DiskSpace | null
}

export interface DiskFile {
  /**
   * Appends all chunks, in order, as one write. Throws on a full disk; what was written of it stays
   * and must be truncated.
   */
  append(chunks: readonly Uint8Array[]): void
  sync(): Promise<void>
  close(): void
}
