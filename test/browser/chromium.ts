import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const path = process.env.CHROMIUM || '/usr/bin/chromium';

/** A real browser in a new, empty profile, that talks to nobody but the servers of the run. */
export function startChromium(): Promise<Browser> {
  if (!existsSync(path))
    throw new Error(`No browser at ${path}: install Debian's chromium, or set CHROMIUM to another`);
  return chromium.launch({
    executablePath: path,
    headless: true,
    timeout: 60_000,
    handleSIGINT: false, // Whoever starts it stops it.
    handleSIGTERM: false,
    handleSIGHUP: false,
    args: [
      '--no-sandbox', // With one, Chromium refuses to run as root.
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
