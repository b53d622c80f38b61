/** How the writes of replicas are answered, and how their rules get through a restart. */
import { describe, expect, it } from 'vitest'
import { DEFAULT_HA_RULES } from '../../../src/domain/metrics/metrics.ts'
import { decodeRecordContext } from '../../../src/edges/ingest/record-context.ts'
import { FAILOVER, startIngest } from './harness.ts'
import { exportRequest, post, PROTOBUF, write, writeRequest } from './requests.ts'

describe('a write of a standby', () => {
  it('is answered 202 when all of it was left to the elected one, and counted', async () => {
    const test = await startIngest()
    expect(await write(test, writeRequest(202, 202))).toMatchObject({ status: 202, text: '' })
    expect((await write(test, writeRequest(202, 1))).status).toBe(204)
    expect((await write(test, writeRequest(202, -1))).status).toBe(400)
    const outcome = { protocol: 'remote-write', outcome: 'not-elected' }
    expect(test.counters.read('tenantry_ingest_samples_total', outcome)).toBe(4)
    expect(test.log.all).toHaveLength(3)
    await test.stop()
  })

  it('is a full success over OTLP', async () => {
    const test = await startIngest()
    const reply = await post(test, '/v1/metrics', exportRequest(202), PROTOBUF)
    expect(reply).toMatchObject({ status: 200, text: '' })
    await test.stop()
  })

  it('that makes it the elected one is counted', async () => {
    const test = await startIngest()
    await write(test, writeRequest(FAILOVER))
    expect(test.counters.read('tenantry_ha_failovers_total')).toBe(1)
    await test.stop()
  })
})

describe('the rules of replicas', () => {
  it('stand in the log where they are not the usual ones', async () => {
    const ha = { clusterLabel: 'prometheus', replicaLabel: 'pod', failoverSeconds: 5 }
    const contextOf = async (rules: typeof ha) => {
      const test = await startIngest({}, rules)
      await write(test, writeRequest(1))
      await test.stop()
      expect(test.metrics.applied[0]?.context.ha).toEqual(
        decodeRecordContext(test.log.all[0]?.context ?? '')?.ha,
      )
      return test.log.all[0]?.context ?? ''
    }
    expect(decodeRecordContext(await contextOf(ha))).toMatchObject({ ha })
    expect(await contextOf(DEFAULT_HA_RULES)).not.toContain('ha')
  })

  it('are not read where they are none', () => {
    const others = { boundTenant: null, namedTenant: null, keyId: 'k' }
    for (const ha of [1, null, { clusterLabel: 'a', replicaLabel: 'b' }]) {
      expect(decodeRecordContext(JSON.stringify({ ...others, ha }))).toBeUndefined()
    }
  })
})
