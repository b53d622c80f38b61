/**
 * Unit constants and conversions. Ratios are 0..1, objectives integer parts per million, sizes
 * bytes.
 */
export const PPM = 1_000_000
export const KIB = 1024
export const MIB = 1024 * KIB
export const GIB = 1024 * MIB

/** Turns parts per million into a ratio for reading. Worked: 999_000 -> 0.999. */
export function ppmToRatio(ppm: number): number {
  return ppm / PPM
}

/**
 * Turns a ratio into integer parts per million, rounding to the nearest. Worked: 0.999 -> 999_000.
 */
export function ratioToPpm(ratio: number): number {
  return Math.round(ratio * PPM)
}
