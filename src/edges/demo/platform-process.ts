/** The demo's side of the sample platform: starts the child process, starts it again when it dies,
 *  stops it. */
import { fork, type ChildProcess } from 'node:child_process'
import type { Cancel, Clock, Log } from '../../core/ports.ts'
import { SECOND_MS } from '../../core/time.ts'
import { modulePath } from '../../machinery/runtime/paths.ts'
import type { FromPlatform, PlatformStart, ToPlatform } from './platform-protocol.ts'

export type PlatformConfig = Omit<PlatformStart, 'say'>

export interface PlatformProcess {
  /** Resolves once the platform listens. Rejects when it dies before; only one that has served is
   *  started again. */
  start(): Promise<void>
  /** Null while it does not listen. */
  port(): number | null
  pid(): number | undefined
  /** Resolves once the process has ended. */
  stop(): Promise<void>
}

const RESTART_AFTER_MS = 5 * SECOND_MS
const STOP_WITHIN_MS = 4 * SECOND_MS

export function openPlatformProcess(
  config: PlatformConfig,
  { clock, log }: { clock: Clock; log: Log },
): PlatformProcess {
  let child: ChildProcess | null = null
  let port: number | null = null
  let stopping = false
  let cancelRestart: Cancel = () => {}
  let launches = 0

  const launch = (): Promise<void> =>
    new Promise((resolve, reject) => {
      launches += 1
      const started = fork(modulePath('edges/demo/platform'), [], { execArgv: [] })
      child = started
      started.on('message', (message: FromPlatform) => {
        if (message.say === 'ready') {
          tell(started, { say: 'start', ...config })
          return
        }
        port = message.port
        resolve()
      })
      started.on('error', reject)
      started.on('exit', (code, signal) => {
        const served = port !== null || launches > 1
        child = null
        port = null
        reject(new Error(`the sample platform ended with ${String(code ?? signal)}`))
        if (stopping || !served) return
        log.warn({ code, signal }, 'the sample platform ended; it is started again')
        cancelRestart = clock.after(RESTART_AFTER_MS, () => void launch().catch(() => {}))
      })
    })

  return {
    start: launch,
    port: () => port,
    pid: () => child?.pid,
    stop: async () => {
      stopping = true
      cancelRestart()
      port = null
      if (child === null) return
      await ended(child, clock)
    },
  }
}

function ended(child: ChildProcess, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    const cancelKill = clock.after(STOP_WITHIN_MS, () => child.kill('SIGKILL'))
    child.once('exit', () => {
      cancelKill()
      resolve()
    })
    tell(child, { say: 'stop' })
  })
}

/** A channel that closed in the meantime means that the process is ending anyway. */
function tell(child: ChildProcess, message: ToPlatform): void {
  if (child.connected) child.send(message, () => {})
}
