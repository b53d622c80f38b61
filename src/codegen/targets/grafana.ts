/** Dashboards as Grafana imports them, and the files by which it finds them at its start. */
import type { Target } from '../artefact.ts'
import { board as collector } from '../dashboards/collector.ts'
import { board as fleet } from '../dashboards/fleet.ts'
import { grafanaDashboard } from '../dashboards/grafana-json.ts'
import { provisioningFiles } from '../dashboards/provisioning.ts'
import { board as slo } from '../dashboards/slo.ts'
import { board as tenant } from '../dashboards/tenant.ts'

const FOLDER = 'dashboards'

export const ALL_BOARDS = [fleet, tenant, slo, collector]

export const target: Target = {
  artefacts() {
    const dashboards = ALL_BOARDS.map((board) => ({
      path: `${FOLDER}/${board.uid}.json`,
      text: `${JSON.stringify(grafanaDashboard(board), undefined, 2)}\n`,
    }))
    return [...dashboards, ...provisioningFiles(FOLDER)]
  },
}
