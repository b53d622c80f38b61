/**
 * A seeded source of randomness, so that a run can be repeated. Source: sfc32 by Chris
 * Doty-Humphrey (PractRand), public domain.
 */
export interface Prng {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [0, bound). */
  below(bound: number): number
}

export function openPrng(seed: number): Prng {
  let a = 0x9e3779b9 | 0
  let b = seed | 0
  let c = 0x243f6a88 | 0
  let counter = 1
  const step = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return sum >>> 0
  }
  for (let i = 0; i < 15; i += 1) step()
  return {
    next: () => step() / 4_294_967_296,
    below: (bound) => Math.floor((step() / 4_294_967_296) * bound),
  }
}
