import { describe, expect, it } from 'vitest'
import { tenantId } from '../../../src/core/ids.ts'
import { ANONYMOUS } from '../../../src/domain/access/access.ts'
import {
  bindingOf,
  grants,
  KEY_ROLES,
  mayHandOn,
  PERMISSION_NAMES,
  type KeyRole,
  type Role,
} from '../../../src/domain/access/permissions.ts'
import { holds, may, type Principal } from '../../../src/domain/access/principal.ts'

const ACME = tenantId('acme')
const BOLT = tenantId('bolt')

const principal = (role: KeyRole, bound: boolean): Principal => ({
  kind: 'key',
  id: 'key_1',
  role,
  tenantId: bound ? ACME : null,
  name: 'test',
})

/** Role by permission: `all` for the whole platform, `own` for the tenant that the key is bound
 *  to. */
function renderMatrix(): string {
  const head = ['permission', ...KEY_ROLES, 'anonymous']
  const rows = PERMISSION_NAMES.map((permission) => [
    permission,
    ...[...KEY_ROLES, 'anonymous' as const].map((role) => {
      const reaches = [
        canBe(role, 'platform') && grants(role, permission, false) ? 'all' : '',
        canBe(role, 'tenant') && grants(role, permission, true) ? 'own' : '',
      ]
      return reaches.filter((reach) => reach !== '').join('+') || '-'
    }),
  ])
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell) => cell.padEnd(16))
        .join('')
        .trimEnd(),
    )
    .join('\n')
}

function canBe(role: Role, binding: 'platform' | 'tenant'): boolean {
  return role === 'anonymous' || ['either', binding].includes(bindingOf(role))
}

describe('permissions', () => {
  it('are the golden matrix', async () => {
    await expect(`${renderMatrix()}\n`).toMatchFileSnapshot('../../golden/access-matrix.txt')
  })

  it('never reach another tenant or the platform from a bound key', () => {
    for (const role of KEY_ROLES) {
      for (const permission of PERMISSION_NAMES) {
        expect(may(principal(role, true), permission, BOLT), `${role} ${permission}`).toBe(false)
        expect(may(principal(role, true), permission, null), `${role} ${permission}`).toBe(false)
      }
    }
  })

  it('reach every tenant from a platform key that holds them', () => {
    expect(may(principal('viewer', false), 'slo:read', BOLT)).toBe(true)
    expect(may(principal('viewer', false), 'tenants:write', null)).toBe(false)
    expect(may(principal('viewer', true), 'slo:read', ACME)).toBe(true)
  })

  it('are not held by who has shown nothing', () => {
    expect(PERMISSION_NAMES.filter((permission) => holds(ANONYMOUS, permission))).toEqual([])
  })

  it('are handed on only whole', () => {
    expect(mayHandOn('tenant-admin', 'viewer', true)).toBe(true)
    expect(mayHandOn('tenant-admin', 'collector', true)).toBe(true)
    expect(mayHandOn('viewer', 'tenant-admin', true)).toBe(false)
    expect(mayHandOn('tenant-admin', 'operator', false)).toBe(false)
    expect(mayHandOn('anonymous', 'collector', true)).toBe(false)
  })
})
