// Numbers, and how they are said.

/** The value below which that share of the numbers lies. */
export function quantile(numbers: number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1);
  return sorted[Math.max(0, at)] ?? Number.NaN;
}

/** The one in the middle. */
export const median = (numbers: number[]): number => quantile(numbers, 0.5);

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** One line of the result. A figure that misses its gate is said so; whoever reads decides. */
export function say(what: string, figure: string, gate: string, holds: boolean): void {
  console.log(`${holds ? ' ok ' : 'xx  '}${what.padEnd(58)} ${figure.padEnd(34)} gate ${gate}`);
}

/** A line of the result without a gate. */
export function mention(what: string, figure: string): void {
  console.log(`    ${what.padEnd(58)} ${figure}`);
}
