import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nearestName } from '../../../src/machinery/runtime/nearest-name.ts'
import { readSettings } from '../../../src/machinery/runtime/settings.ts'
import { temporaryDirectories } from '../support/temporary-directory.ts'

const temporary = temporaryDirectories()

describe('settings', () => {
  it('have defaults', () => {
    expect(readSettings({}, {})).toEqual({
      dataDirectory: 'data/main',
      host: '127.0.0.1',
      port: 7_400,
      logLevel: 'info',
      checkpointTailBytes: 192 * 1_024 * 1_024,
      logSync: 'interval',
      checkpointSeconds: 60,
      settleSeconds: 15,
      otlpTranslation: 'UnderscoreEscapingWithSuffixes',
      reviewZone: 'UTC',
      haClusterLabel: 'cluster',
      haReplicaLabel: '__replica__',
      haFailoverSeconds: 30,
      userLabels: ['enduser.id', 'enduser_id', 'user.id', 'user_id'],
      dimensions: [
        { name: 'route' },
        { name: 'version' },
        { name: 'cell' },
        { name: 'dependency' },
      ],
    })
  })

  it('name dimensions, with their labels or without', () => {
    const read = (TENANTRY_DIMENSIONS: string) => readSettings({}, { TENANTRY_DIMENSIONS })
    expect(read('route, region=cloud.region|region').dimensions).toEqual([
      { name: 'route' },
      { name: 'region', labels: ['cloud.region', 'region'] },
    ])
    expect(() => read('a,b,c,d,e')).toThrow('TENANTRY_DIMENSIONS: expected at most 4 names')
    expect(() => read('route,route')).toThrow('TENANTRY_DIMENSIONS: expected each name once')
    expect(() => read('route=')).toThrow('expected name or name=label|label, not route=')
  })

  it('hold a list of labels, or none', () => {
    const read = (text: string) => readSettings({}, { TENANTRY_USER_LABELS: text }).userLabels
    expect([read('a, b.c'), read('none')]).toEqual([['a', 'b.c'], []])
    expect(() => read('a,,b')).toThrow('TENANTRY_USER_LABELS: expected the name of a label')
  })

  it('come from options before variables', () => {
    const environment = { TENANTRY_PORT: '1', TENANTRY_HOST: '::', TENANTRY_DATA: '', OTHER: 'x' }
    const settings = readSettings({ port: 2 }, environment)
    expect(settings).toMatchObject({ port: 2, host: '::', dataDirectory: 'data/main' })
  })

  it('take a secret from a file, and not from two places', () => {
    const path = join(temporary(), 'secret')
    writeFileSync(path, 'a-secret-that-is-long-enough\n')
    const environment = { TENANTRY_BOOTSTRAP_KEY_FILE: path }
    expect(readSettings({}, environment).bootstrapKey).toBe('a-secret-that-is-long-enough')
    expect(() => readSettings({}, { ...environment, TENANTRY_BOOTSTRAP_KEY: 'x' })).toThrow(
      'both TENANTRY_BOOTSTRAP_KEY and TENANTRY_BOOTSTRAP_KEY_FILE are given',
    )
    expect(() => readSettings({}, { TENANTRY_KEY_FILE: `${path}-not` })).toThrow(
      'the file that TENANTRY_KEY_FILE names cannot be read',
    )
  })

  it('name the variable that was meant by a misspelt one', () => {
    expect(() => readSettings({}, { TENANTRY_LOGLEVEL: 'info' })).toThrow(
      expect.objectContaining({
        code: 'SETTING_UNKNOWN',
        message:
          'reading the settings: there is no TENANTRY_LOGLEVEL; was TENANTRY_LOG_LEVEL meant?',
      }),
    )
    expect(() => readSettings({}, { TENANTRY_SOMETHING_ELSE: '' })).toThrow(
      'there are TENANTRY_DATA,',
    )
  })

  it('name every value that is wrong, and show no secret', () => {
    const environment = {
      TENANTRY_PORT: '65536',
      TENANTRY_CHECKPOINT_SECONDS: '1.5',
      TENANTRY_LOG_LEVEL: 'loud',
      TENANTRY_WEBHOOK_URL: 'ftp://x',
      TENANTRY_BOOTSTRAP_KEY: 'short',
    }
    let message = ''
    try {
      readSettings({ settleSeconds: 'x' }, environment)
    } catch (error) {
      expect(error).toMatchObject({ code: 'SETTING_INVALID' })
      message = (error as Error).message
    }
    expect(message).toContain('TENANTRY_PORT: expected 0 to 65535, not "65536"')
    expect(message).toContain('TENANTRY_CHECKPOINT_SECONDS: expected a whole number, not "1.5"')
    expect(message).toMatch(/TENANTRY_LOG_LEVEL: .*"debug".*not "loud"/)
    expect(message).toContain(
      'TENANTRY_WEBHOOK_URL: expected an http or https address, not "ftp://x"',
    )
    expect(message).toContain('TENANTRY_BOOTSTRAP_KEY: expected at least 16 characters')
    expect(message).toContain('the option for settleSeconds: expected a whole number, not "x"')
    expect(message).not.toContain('short')
  })

  it('are not disturbed by what Kubernetes and Docker set for a service called tenantry', () => {
    const settings = readSettings(
      {},
      {
        TENANTRY_PORT: 'tcp://10.0.0.1:7400',
        TENANTRY_PORT_7400_TCP_ADDR: '10.0.0.1',
        TENANTRY_SERVICE_HOST: '10.0.0.1',
      },
    )
    expect(settings.port).toBe(7_400)
  })
})

describe('the nearest name', () => {
  it.each([
    ['TENANTRY_PROT', 'TENANTRY_PORT'],
    ['TENANTRY_HOSTS', 'TENANTRY_HOST'],
    ['COMPLETELY_DIFFERENT', undefined],
  ])('to %s is %s', (name, nearest) => {
    expect(nearestName(name, ['TENANTRY_HOST', 'TENANTRY_PORT'])).toBe(nearest)
  })
})
