import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { DEFAULT_OPTIONS } from '../../src/codegen/input.ts'
import { OPTION_TEXTS, optionsOf } from '../../src/codegen/options.ts'

const schema = z.strictObject(OPTION_TEXTS)

describe('the options of what is generated', () => {
  it('are the usual ones where nothing is said', () => {
    expect(optionsOf(schema.parse({}))).toEqual(DEFAULT_OPTIONS)
  })

  it('are read alike as text and as JSON', () => {
    const text = { reads: 'platform', anchored: 'true', slothNames: 'false', maxRules: '7' }
    const value = { reads: 'platform', anchored: true, slothNames: false, maxRules: 7 }
    expect(schema.parse(text)).toEqual(schema.parse(value))
    expect(optionsOf(schema.parse(text))).toEqual({
      ...DEFAULT_OPTIONS,
      reads: 'platform',
      anchored: true,
      maxRulesPerGroup: 7,
    })
  })

  it.each([
    ['anchored', 'yes', 'expected true or false'],
    ['maxRules', '0', 'expected a number of 1 or more'],
    ['maxGroups', '1e3', 'expected a number of 1 or more'],
    ['tenantLabel', 'a"} or vector(1) #', 'expected a label: letters, digits and _'],
    ['durationMetric', '1st', 'expected the name of a metric: letters, digits, _ and :'],
    ['codeLabel', '', 'expected a label: letters, digits and _'],
    ['runbooks', 'a\nb', 'expected an address or a folder'],
  ])('refuse %s %j', (name, value, message) => {
    const read = schema.safeParse({ [name]: value })
    expect(read.error?.issues[0]).toMatchObject({ path: [name], message })
  })
})
