/** The right end of a target bar: 100 for percentages, else a little beyond the largest figure. */
export function scaleEnd(values: readonly (number | null)[], percent: boolean): number {
  const largest = Math.max(0, ...values.filter((value): value is number => value !== null && Number.isFinite(value)));
  if (percent) return Math.max(100, largest);
  return largest > 0 ? largest * 1.05 : 1;
}
