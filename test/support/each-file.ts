import { afterAll, afterEach, vi } from 'vitest';
import { listenToLog } from './leaks.ts';
import { tellTally } from './openapi.ts';

// Vitest runs this for each test file, also where the files share a runtime and its modules.
const stopListening = listenToLog();

afterEach(() => void vi.useRealTimers());

afterAll(async () => {
  stopListening();
  await tellTally();
});
