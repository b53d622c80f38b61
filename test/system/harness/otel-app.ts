/** The sample application with the OpenTelemetry SDK, as a child process that does what a test asks for. */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { endProcess, type TestServer } from './server.ts'

export interface Work {
  readonly tenantId: string
  readonly status: number
  readonly seconds: number
  readonly count: number
}

export interface OtelApp {
  /** Records requests; they are sent with the next flush. */
  record(work: Work): void
  /** Exports now, and resolves when the export is done. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** Starts the application, with a collector's key of the server that it reports to. */
export async function startOtelApp(server: TestServer): Promise<OtelApp> {
  const app = fork(resolve(import.meta.dirname, '../../fixtures/apps/otel-app.ts'), {
    env: {
      ...process.env,
      APP_OTLP_URL: `${server.url}/v1/metrics`,
      APP_KEY: await server.createKey('collector'),
    },
    execArgv: [],
  })
  await once(app, 'message')
  return {
    record: (work) => void app.send(work),
    async flush() {
      app.send('flush')
      await once(app, 'message')
    },
    async stop() {
      await endProcess(app, 'SIGKILL')
    },
  }
}
