import { afterAll } from 'vitest';
import { listenToLog } from './leaks.ts';

// Vitest runs this file for each file of tests, also where these share a runtime and so the modules that they import.
const stopListening = listenToLog();

afterAll(stopListening);
