/** What a file of the artefacts is, by its place and name. Pure. */

/** By how a path begins or ends, the first that fits. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^alerts\/runbooks\/(\w+)\.md$/, 'what to do when $1 fires'],
  [/\/tenants\.rules\.yaml$/, 'who is a tenant, what is promised, and silence'],
  [/\/tenantry\.rules\.yaml$/, 'alerts about Tenantry itself, and its watchdog'],
  [/\/fallback\.rules\.yaml$/, 'pages while Tenantry is down'],
  [/\/([\w.-]+)\.rules\.yaml$/, 'rules and alerts of the SLO $1'],
  [/\/([\w.-]+)\.test\.yaml$/, 'tests of $1.rules.yaml, for promtool'],
  [/^dashboards\/tenantry-([\w-]+)\.json$/, 'the dashboard $1'],
  [/^dashboards\/opt-in\/alerting\//, 'contact points; replaces the whole tree of policies'],
  [/^dashboards\/provisioning\/datasources\//, 'the data source that Grafana finds at its start'],
  [/^dashboards\/provisioning\/dashboards\//, 'where Grafana finds the dashboards at its start'],
  [/^loadtests\/lib\/thresholds\.ts$/, 'what load tests measure tenants by'],
]

/** Worked: `alerts/mimir/checkout.rules.yaml` -> `rules and alerts of the SLO checkout`. */
export function wordsOf(path: string): string {
  for (const [pattern, words] of WORDS) {
    const match = pattern.exec(path)
    if (match !== null) return words.replace('$1', match[1] ?? '')
  }
  return path
}

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  // RFC 9512.
  yaml: 'application/yaml; charset=utf-8',
  json: 'application/json; charset=utf-8',
  // RFC 7763.
  md: 'text/markdown; charset=utf-8',
}

/** Tells the media type of a file by its ending; what has none of its own is plain text. */
export function mediaTypeOf(path: string): string {
  return MEDIA_TYPES[path.slice(path.lastIndexOf('.') + 1)] ?? 'text/plain; charset=utf-8'
}
