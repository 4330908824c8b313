/** What configured values must be for whoever uses them: the driver, `fetch`, the browser. */

/** @returns undefined where the text is no URL of one of these schemes. */
export function parseUrl(text: string, ...schemes: string[]): URL | undefined {
  const url = URL.parse(text);
  return url && schemes.includes(url.protocol.slice(0, -1)) ? url : undefined;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}

/** Keys that travel in clear could be replaced on their way. */
export function isSafeForKeys(text: string): boolean {
  const url = parseUrl(text, 'https', 'http');
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname));
}

/** Schemes of native web views, whose host an app chooses; on Android, `Origin` names none. */
const appOrigin = /^(?:capacitor|capacitor-electron|ionic|app|vscode-webview):\/\/[\w.-]*$/;

/** Origins of other web views and of browser extensions. */
const customOrigin =
  /^(?!(?:ftp|wss?|file):)(?:[a-z][a-z0-9+.-]*:\/\/localhost(?::\d+)?|[a-z-]+-extension:\/\/[\w.-]+)$/;

/**
 * An origin in the spelling that `Origin` headers are compared in: lower case, no final slash.
 *
 * @returns undefined where no browser or web view could send it.
 */
export function toOrigin(text: string): string | undefined {
  const lower = text.toLowerCase().replace(/(?<!\/)\/$/, '');
  const url = parseUrl(lower, 'https', 'http');
  if (!url) return appOrigin.test(lower) || customOrigin.test(lower) ? lower : undefined;
  return url.href === `${url.origin}/` && !url.hostname.includes('*') ? url.origin : undefined;
}

/** The entries of a comma-separated list. */
export function splitList(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/** Whether Neon's HTTP driver reaches this host. */
export function isNeonHost(hostname: string): boolean {
  return /\.neon\.tech\.?$/i.test(hostname);
}

/** @returns whether `pg` uses TLS with these parameters; undefined where it misreads them. */
function tlsOf(parameters: URLSearchParams): boolean | undefined {
  const mode = parameters.get('sslmode');
  const ssl = parameters.get('ssl') ?? '0';
  const needsFile = mode === 'verify-ca' && parameters.get('uselibpqcompat') === 'true'; // As libpq, pg asks for the CA.
  const isKnown = mode === null ? /^(0|1|true|no-verify)$/.test(ssl) : sslModes.has(mode) && !needsFile;
  return isKnown ? (mode ?? ssl) !== '0' && mode !== 'disable' : undefined;
}

const sslModes = new Set(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']);

/** @returns what keeps a driver from using this PostgreSQL URL; undefined where nothing does. */
export function databaseUrlProblem(text: string, isProduction: boolean): string | undefined {
  const url = parseUrl(text, 'postgres', 'postgresql');
  if (!url?.hostname) return 'is not a PostgreSQL URL';
  if (!url.username) return 'names no user';
  if (isNeonHost(url.hostname)) {
    if (!url.password) return 'has no password, which Neon requires';
    return url.pathname.length > 1 ? undefined : 'names no database, which Neon requires';
  }
  const file = ['sslrootcert', 'sslcert', 'sslkey'].find(
    (name) => (url.searchParams.get(name) ?? 'system') !== 'system',
  );
  if (file) return `names a file by ${file}, which a Worker cannot read: Hyperdrive takes certificates`;
  if (url.searchParams.get('sslnegotiation') === 'direct') return 'has sslnegotiation=direct, which a Worker cannot do';
  const usesTls = tlsOf(url.searchParams);
  if (usesTls === undefined) return 'has an sslmode or ssl that pg misreads: use sslmode=require or sslmode=disable';
  return isProduction && !usesTls && url.password && !isLoopback(url.hostname)
    ? 'would send the password without TLS: add sslmode=require'
    : undefined;
}
