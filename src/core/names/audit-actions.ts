/** Every action that the audit log may hold, `<noun>.<verb in past tense>`. */
export const AUDIT_ACTIONS = [
  'tenant.created',
  'tenant.updated',
  'attribution.changed',
  'mapping.changed',
  'slo-book.changed',
  'slo-correction.created',
  'slo-correction.revoked',
  'deploy.recorded',
  'key.created',
  'key.revoked',
  'sign-in.link-created',
  'sign-in.completed',
  'sign-in.refused',
  'session.ended',
  'access.violated',
  'server.started',
] as const
export type AuditAction = (typeof AUDIT_ACTIONS)[number]
