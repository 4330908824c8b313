/** Prints an error's message, without the stack, and ends the program with status 1. */
export function exitWithMessage(error: unknown): never {
  console.error(stderrOf(error) || messageOf(error));
  process.exit(1);
}

const parent = process.ppid;
let parentTimer: NodeJS.Timeout | undefined;

/** Runs `stop`, then ends the program with status 0, when the user presses Ctrl-C, closes the terminal or ends npm. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let isStopping = false; // A second Ctrl-C would leave processes running.
  const end = () => {
    if (isStopping) return;
    isStopping = true;
    void stop().finally(() => process.exit(0));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal); // Libraries add listeners that end the program before `stop` is done.
    process.on(signal, end);
  }
  // On SIGTERM, npm ends without passing the signal on, so its process is watched.
  clearInterval(parentTimer);
  if (process.env.npm_command) parentTimer = setInterval(() => process.ppid !== parent && end(), 500).unref();
}

/** What was printed by the command whose failure caused the error. */
export function stderrOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { stderr, cause }: Error & { stderr?: string } = error;
  return stderr || stderrOf(cause);
}

/** The message, PostgreSQL's detail and the cause: Drizzle's errors have PostgreSQL's as their cause. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, code, detail, cause }: Error & { code?: string; detail?: string } = error;
  return [message || code, detail, cause && messageOf(cause)].filter(Boolean).join('\n');
}
