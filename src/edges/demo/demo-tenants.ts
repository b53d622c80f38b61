/** The sample platform's customers as tenants. */
import { tenantId } from '../../core/ids.ts'
import type { TenantConfig } from '../../domain/tenants/tenants.ts'
import { DEMO_PROFILES, type DemoProfile } from './profiles.ts'

const ISOLATION = {
  starter: 'shared',
  professional: 'shared',
  enterprise: 'dedicated',
} as const satisfies Record<DemoProfile['tier'], TenantConfig['isolation']>

const FEATURES: Readonly<Record<DemoProfile['tier'], string[]>> = {
  starter: ['completion'],
  professional: ['completion', 'code-review'],
  enterprise: ['completion', 'code-review', 'private-models'],
}

export const demoTenants: readonly TenantConfig[] = DEMO_PROFILES.map((profile) => ({
  tenantId: tenantId(profile.tenantId),
  name: profile.name,
  tier: profile.tier,
  region: profile.region,
  isolation: ISOLATION[profile.tier],
  quotas: {},
  security: {
    mfaRequired: profile.tier === 'enterprise',
    supportAccess: 'on-consent',
    allowedNetworks: [],
    dataRetentionDays: 400,
    frameworks: profile.tier === 'enterprise' ? ['soc2'] : [],
  },
  features: FEATURES[profile.tier],
  aliases: [],
  labels: { demo: 'true' },
  apdexThresholdSeconds: null,
}))
