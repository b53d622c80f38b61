/** What the demo and the sample platform, its child process, say to each other. */
export interface PlatformStart {
  readonly say: 'start'
  /** Where metrics go: an OTLP/HTTP metrics endpoint. */
  readonly metricsUrl: string
  readonly collectorKey: string
  readonly exportEveryMs: number
  readonly seed: number
  /** When the demo started: faults are told relative to it. */
  readonly startMs: number
}

/** `stop`: answer what is under way, export a last time, end. */
export type ToPlatform = PlatformStart | { readonly say: 'stop' }

/** `ready`: the code is loaded. `listening`: requests may come to this port of 127.0.0.1. */
export type FromPlatform =
  | { readonly say: 'ready' }
  | { readonly say: 'listening'; readonly port: number }
