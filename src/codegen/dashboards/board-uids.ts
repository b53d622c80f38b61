/** Which dashboards there are, by uid. Uids are for ever: links and bookmarks are made of them. */
export const BOARDS = {
  'tenantry-fleet': 'Fleet',
  'tenantry-tenant': 'Tenant',
  'tenantry-slo': 'SLO',
  'tenantry-collector': 'Collector',
} as const
export type BoardUid = keyof typeof BOARDS
