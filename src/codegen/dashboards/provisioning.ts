/**
 * The files by which a stock Grafana finds data source and dashboards at its start. What replaces a
 * user's whole tree of notification policies lies in a folder of its own, which nobody mounts by
 * chance.
 */
import type { Artefact } from '../artefact.ts'
import { yamlText } from '../alerts/rules-yaml.ts'

const DATA_SOURCES = {
  apiVersion: 1,
  datasources: [
    {
      name: 'Prometheus',
      type: 'prometheus',
      access: 'proxy',
      url: '$TENANTRY_PROMETHEUS_URL',
      isDefault: true,
      jsonData: { timeInterval: '30s', httpMethod: 'POST' },
    },
  ],
}

const DASHBOARDS = {
  apiVersion: 1,
  providers: [
    {
      name: 'Tenantry',
      folder: 'Tenantry',
      folderUid: 'tenantry',
      type: 'file',
      disableDeletion: false,
      allowUiUpdates: false,
      updateIntervalSeconds: 30,
      options: { path: '/var/lib/grafana/dashboards/tenantry' },
    },
  ],
}

const RECEIVERS = [
  { name: 'Tenantry pages', uid: 'tenantry-pages', url: '$TENANTRY_PAGES_WEBHOOK_URL' },
  { name: 'Tenantry tickets', uid: 'tenantry-tickets', url: '$TENANTRY_TICKETS_WEBHOOK_URL' },
] as const

const ALERTING = {
  apiVersion: 1,
  contactPoints: RECEIVERS.map(({ name, uid, url }) => ({
    orgId: 1,
    name,
    receivers: [{ uid, type: 'webhook', settings: { url, httpMethod: 'POST' } }],
  })),
  policies: [
    {
      orgId: 1,
      receiver: 'Tenantry tickets',
      group_by: ['tenant', 'cause'],
      routes: [
        {
          receiver: 'Tenantry pages',
          object_matchers: [['action', '=', 'page']],
          group_wait: '0s',
          group_interval: '1m',
          repeat_interval: '4h',
        },
      ],
    },
  ],
}

/** Shape: three files; only the first two are below `provisioning`. */
export function provisioningFiles(folder: string): Artefact[] {
  return [
    {
      path: `${folder}/provisioning/datasources/tenantry.yaml`,
      text: yamlText(
        'Data source. Set TENANTRY_PROMETHEUS_URL for Grafana, such as http://prometheus:9090.',
        DATA_SOURCES,
      ),
    },
    {
      path: `${folder}/provisioning/dashboards/tenantry.yaml`,
      text: yamlText(
        'Dashboards. Put the JSON files of this folder where `path` says, or change it.',
        DASHBOARDS,
      ),
    },
    {
      path: `${folder}/opt-in/alerting/tenantry.yaml`,
      text: yamlText(
        'WARNING: a provisioned policy REPLACES the whole tree of notification policies that Grafana has. Use it in a Grafana that has no policies of its own.',
        ALERTING,
      ),
    },
  ]
}
