import { afterAll, afterEach, vi } from 'vitest';
import { listenToLog } from './leaks.ts';

// Vitest runs this for each test file, also where the files share a runtime and its modules.
const stopListening = listenToLog();

// The Worker's time limits expire only where a test makes them: a busy machine must not fail the others.
AbortSignal.timeout = () => new AbortController().signal;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

afterAll(stopListening);
