// Rules for configured values, each as its consumer (the driver, `fetch`, the browser) applies it.

/** A host that can exist: an address, or a name in letters, digits, hyphens and underscores. */
const hostPattern = /^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.?)$/;

/** @returns undefined if `fetch` could reach no such URL. `URL` alone would accept `https://a.com,https://b.com`. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^https?:$/.test(url.protocol) && hostPattern.test(url.hostname) ? url : undefined;
}

/** @returns undefined if the text is no URL of PostgreSQL. */
export function parsePostgresUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  return url && /^postgres(ql)?:$/.test(url.protocol) ? url : undefined;
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(hostname);
}

/** Keys that are fetched without TLS could be replaced in transit. */
export function isSafeForKeys(text: string): boolean {
  const url = parseHttpUrl(text);
  return url !== undefined && (url.protocol === 'https:' || isLoopback(url.hostname));
}

/** Schemes of native web views, whose host an app chooses; on Android, `Origin` names none. */
const appOrigin = /^(?:capacitor|capacitor-electron|ionic|app|vscode-webview|wails):\/\/[\w.-]*$/;

/** Origins of other web views and of browser extensions. */
const customOrigin =
  /^(?!(?:https?|ftp|wss?|file|data|about|javascript):)(?:[a-z][a-z0-9+.-]*:\/\/localhost(?::\d+)?|[a-z-]+-extension:\/\/[\w.-]+)$/;

/**
 * An origin in the spelling that `Origin` headers are compared in: lower case, no final slash.
 *
 * @returns undefined if no browser or web view could send it.
 */
export function toOrigin(text: string): string | undefined {
  const lower = text.toLowerCase().replace(/(?<!\/)\/$/, '');
  const isWeb = parseHttpUrl(lower)?.origin === lower;
  return isWeb || appOrigin.test(lower) || customOrigin.test(lower) ? lower : undefined;
}

/** The entries of a comma-separated list. */
export function splitList(list = ''): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/** Whether Neon's HTTP driver reaches this host. */
export function isNeonHost(hostname: string): boolean {
  return /\.neon\.tech\.?$/i.test(hostname);
}

const NO_HOST = 'names no host that a Worker can reach';

/** @returns what keeps a driver from using this PostgreSQL URL; undefined if nothing does. */
export function databaseUrlProblem(text: string, isProduction: boolean): string | undefined {
  const url = parsePostgresUrl(text);
  if (!url) return 'is not a PostgreSQL URL';
  if (!isDecodable(`${url.username}${url.password}${url.pathname}`)) return 'has an escape that is not UTF-8';
  return isNeonHost(url.hostname) ? neonUrlProblem(url) : tcpUrlProblem(url, isProduction);
}

function neonUrlProblem({ hostname, username, password, pathname }: URL): string | undefined {
  if (!hostPattern.test(hostname)) return NO_HOST;
  if (!username) return 'names no user';
  if (!password) return 'has no password, which Neon requires';
  return pathname.length > 1 ? undefined : 'names no database, which Neon requires';
}

/** To `pg`, a parameter wins over the part of the URL that it names, and the last of several over the others. */
function tcpUrlProblem(url: URL, isProduction: boolean): string | undefined {
  const last = (name: string) => url.searchParams.getAll(name).at(-1);
  const host = last('host') || url.hostname;
  if (!/^(?:[\w.:-]+|\[[\da-f:.]+\])$/i.test(host)) return NO_HOST;
  if (!isPort(last('port') || url.port)) return 'has a port that is not a number from 1 to 65535';
  if (!(last('user') || url.username)) return 'names no user';
  const file = ['sslrootcert', 'sslcert', 'sslkey'].find((name) =>
    url.searchParams.getAll(name).some((value) => value && (value !== 'system' || name !== 'sslrootcert')),
  );
  if (file) return `names a file by ${file}, which a Worker cannot read: Hyperdrive takes certificates`;
  if (last('sslnegotiation') === 'direct') return 'has sslnegotiation=direct, which a Worker cannot do';
  const usesTls = tlsOf(last('sslmode'), last('ssl'), last('uselibpqcompat'));
  if (usesTls === undefined) return 'has an sslmode or ssl that pg misreads: use sslmode=require or sslmode=disable';
  return isProduction && !usesTls && (last('password') || url.password) && !isLoopback(host)
    ? 'would send the password without TLS: add sslmode=require'
    : undefined;
}

/** A percent sign that begins no escape stands for itself. */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text.replace(/%(?![\da-f]{2})/gi, '%25'));
    return true;
  } catch {
    return false;
  }
}

/** Empty for the default one. */
function isPort(text: string): boolean {
  return text === '' || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535);
}

const sslModes = new Set(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']);

/** @returns whether `pg` uses TLS with these parameters; undefined if it misreads them. */
function tlsOf(mode: string | undefined, ssl = '0', uselibpqcompat?: string): boolean | undefined {
  const needsFile = mode === 'verify-ca' && uselibpqcompat === 'true'; // As libpq, pg asks for the CA.
  const isKnown = mode === undefined ? /^(0|1|true|no-verify)$/.test(ssl) : sslModes.has(mode) && !needsFile;
  return isKnown ? (mode ?? ssl) !== '0' && mode !== 'disable' : undefined;
}
