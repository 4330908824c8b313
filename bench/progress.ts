/** Tells a person who waits what is done by now, and how many seconds after the start. */
export function progress(done: string): void {
  process.stderr.write(`${(performance.now() / 1000).toFixed(1).padStart(6)} s  ${done}\n`);
}
