/**
 * The text of `/metrics/tenants`. The format wants a family's samples together, while what is known
 * is known by tenant: so every tenant is asked once and written into all families, whose text waits
 * outside the collector's heap, and the families follow one another in the end. A tenant's figures
 * are of one instant; a tick that falls between two tenants shows in the later one.
 */
import type { TenantId } from '../../core/ids.ts'
import { SECOND_MS } from '../../core/time.ts'
import { LABELS } from '../../core/names/labels.ts'
import { TENANT_METRICS } from '../../core/names/metrics.ts'
import type { Metrics, TenantIntake } from '../../domain/metrics/metrics.ts'
import type { Slo } from '../../domain/slo/slo.ts'
import type { Deploy } from '../../domain/tenants/tenants.ts'
import { openExpositionWriter, type SampleLabels } from '../../machinery/wire/exposition-text.ts'
import type { ExposedFamily } from './exposed-family.ts'
import { SERVICE_FAMILIES, type ServiceLevel } from './exposition-service.ts'
import { INTAKE_FAMILIES } from './exposition-intake.ts'
import { SIGNAL_FAMILIES } from './exposition-signals.ts'
import { SLO_FAMILIES } from './exposition-slo.ts'

/** A tenant as the page names it. */
export interface ExposedTenant {
  readonly tenantId: TenantId
  readonly name: string
  readonly tier: string
  readonly region: string
  readonly apdexThresholdSeconds: number | null
}

export interface TenantsPageInput {
  readonly tenants: readonly ExposedTenant[]
  readonly signals: boolean
  readonly slos: boolean
  readonly intake: boolean
  readonly totals: Metrics['totals']
  readonly service: (tenant: ExposedTenant) => ServiceLevel
  readonly status: Slo['status']
  readonly intakeOf: (tenantId: TenantId) => TenantIntake
  /** Of the last day, newest first. */
  readonly deploys: readonly Deploy[]
  /** From 0. The first one tells what is of no tenant. */
  readonly shard: number
}

/** Each is a series: what else was deployed in a day is on the portal. */
export const DEPLOYS_TOLD = 200
const CHUNK_CHARACTERS = 64 * 1_024

const INFO: ExposedFamily<ExposedTenant> = {
  name: 'tenantry_tenant_info',
  write(writer, labels, { tier, region, name }) {
    const facts: SampleLabels = [...labels, ['tier', tier], ['region', region], ['name', name]]
    writer.sample('tenantry_tenant_info', facts, 1)
  },
}

/** Marks for charts. Shape: one that concerns everybody is of no tenant. */
const DEPLOYS: ExposedFamily<Deploy> = {
  name: 'tenantry_deploy_timestamp_seconds',
  write(writer, labels, { service, version, atMs }) {
    const facts: SampleLabels = [...labels, ['service', service], ['version', version]]
    writer.sample('tenantry_deploy_timestamp_seconds', facts, atMs / SECOND_MS)
  },
}

/**
 * Makes the page step by step. Yields null where other work may have a turn, and the chunks of the
 * text, in order, once every tenant was asked. Cost: about 2 us a sample; the whole page in memory,
 * as bytes, until it is written out.
 */
export function* tenantsPage(input: TenantsPageInput): Generator<Buffer | null> {
  const info = openFamily(INFO)
  const signals = input.signals ? SIGNAL_FAMILIES.map(openFamily) : []
  const services = input.signals ? SERVICE_FAMILIES.map(openFamily) : []
  const intake = input.intake ? INTAKE_FAMILIES.map(openFamily) : []
  const slos = input.slos ? SLO_FAMILIES.map(openFamily) : []
  for (const tenant of input.tenants) {
    const labels: SampleLabels = [['tenant', tenant.tenantId]]
    info.add(labels, tenant)
    if (signals.length > 0) {
      const totals = input.totals(tenant.tenantId)
      for (const family of signals) family.add(labels, totals)
      const service = input.service(tenant)
      for (const family of services) family.add(labels, service)
    }
    if (intake.length > 0) {
      const known = input.intakeOf(tenant.tenantId)
      for (const family of intake) family.add(labels, known)
    }
    for (const status of slos.length > 0 ? input.status(tenant.tenantId) : []) {
      const sloLabels: SampleLabels = [...labels, ['slo', status.sloId]]
      for (const family of slos) family.add(sloLabels, status)
    }
    yield null
  }
  const deploys = input.signals ? [deploysOf(input)] : []
  const families = [info, ...signals, ...services, ...intake, ...slos, ...deploys]
  for (const family of families) yield* family.chunks()
}

function deploysOf({ tenants, deploys, shard }: TenantsPageInput): OpenFamily<Deploy> {
  const everybody = shard === 0 ? [null] : []
  const family = openFamily(DEPLOYS)
  const told = new Set<string>()
  for (const deploy of deploys) {
    const { service, version } = deploy
    const of = deploy.tenants === 'all' ? everybody : tenantsIn(tenants, deploy.tenants)
    for (const tenantId of of) {
      const key = JSON.stringify([tenantId, service, version])
      if (told.has(key)) continue
      told.add(key)
      family.add(tenantId === null ? [] : [[LABELS.tenant, tenantId]], deploy)
    }
  }
  return family
}

function tenantsIn(exposed: readonly ExposedTenant[], some: readonly TenantId[]): TenantId[] {
  const known = new Set(exposed.map(({ tenantId }) => tenantId))
  return some.filter((tenantId) => known.has(tenantId))
}

interface OpenFamily<Known> {
  add(labels: SampleLabels, known: Known): void
  chunks(): Buffer[]
}

function openFamily<Known>({ name, write }: ExposedFamily<Known>): OpenFamily<Known> {
  const { kind, help } = TENANT_METRICS[name]
  const writer = openExpositionWriter()
  const full: Buffer[] = []
  writer.family(name, kind, help)
  return {
    add(labels, known) {
      write(writer, labels, known)
      if (writer.length() >= CHUNK_CHARACTERS) full.push(Buffer.from(writer.take()))
    },
    chunks: () => [...full, Buffer.from(writer.take())],
  }
}
