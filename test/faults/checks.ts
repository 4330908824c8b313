const results: boolean[] = [];

/** Prints what was asked and what was seen, and remembers whether it holds. A failure stops nothing: the rest is worth knowing. */
export function check(name: string, holds: boolean, seen: string): void {
  results.push(holds);
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${name}: ${seen}`);
}

/** Runs a part of the checks; what it throws is a failure of it, and the other parts still run. */
export async function part(name: string, run: () => Promise<void>): Promise<void> {
  const start = performance.now();
  console.log(`\n${name}`);
  await run().catch((error: Error) => check(name, false, error.stack ?? error.message));
  console.log(`     (${((performance.now() - start) / 1000).toFixed(1)} s)`);
}

/** @returns whether all checks held. */
export function summarize(): boolean {
  const failed = results.filter((holds) => !holds).length;
  console.log(`\n${results.length - failed} passed, ${failed} failed`);
  return results.length > 0 && failed === 0;
}
