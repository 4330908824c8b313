import { type ConnectionOptions, parse } from 'pg-connection-string';

// Rules for configured values, each as its consumer (the driver, `fetch`, the browser) applies it.

/** A host that can exist: a name in letters, digits, hyphens and underscores, or an IPv4 address. */
const hostName = /^[\w-]+(?:\.[\w-]+)*\.?$/;

const isIpv6 = (address: string) => URL.canParse(`http://[${address}]`);

/**
 * @returns undefined if `fetch` cannot use the URL: it sends no user or password. `URL` alone would accept
 * `https://a.com,https://b.com`.
 */
export function parseHttpUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isHost = url && (hostName.test(url.hostname) || url.hostname.startsWith('['));
  return isHost && /^https?:$/.test(url.protocol) && !url.username && !url.password ? url : undefined;
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
const NEEDS_FILE = 'names or needs a file, which a Worker cannot read: Hyperdrive takes certificates';

/**
 * The same URL as `pg` reads it rightly: with a space, or a percent sign that begins no escape, `pg` misreads others.
 * `sslrootcert=system` stands for the public authorities, which the runtime trusts anyway; to `pg`, it is a file.
 */
export function forPg(databaseUrl: string): string {
  return databaseUrl
    .replaceAll(' ', '%20')
    .replaceAll(/%(?![\da-f]{2})/gi, '%25')
    .replaceAll(/(?<=[?&])sslrootcert=system(?=[&#]|$)/g, 'ssl=true');
}

/** @returns what keeps a driver from using this PostgreSQL URL; undefined if nothing does. */
export function databaseUrlProblem(text: string, isProduction: boolean): string | undefined {
  const url = parsePostgresUrl(text);
  if (!url) return 'is not a PostgreSQL URL';
  if (url.hash) return 'has a "#", which a password writes as %23';
  const isNeon = isNeonHost(url.hostname);
  if (isNeon) url.search = ''; // Its driver ignores the parameters.
  try {
    const options = parse(forPg(isNeon ? url.href : text));
    return isNeon ? neonUrlProblem(url) : tcpUrlProblem(options, isProduction);
  } catch (error) {
    return error instanceof URIError ? 'has an escape that is not UTF-8' : NEEDS_FILE;
  }
}

function neonUrlProblem({ hostname, username, password, pathname }: URL): string | undefined {
  if (!hostName.test(hostname)) return NO_HOST;
  if (!username) return 'names no user';
  if (!password) return 'has no password, which Neon requires';
  return pathname.length > 1 ? undefined : 'names no database, which Neon requires';
}

function tcpUrlProblem(
  { host, port, user, password, ssl, sslnegotiation, sslrootcert, sslcert, sslkey }: ConnectionOptions,
  isProduction: boolean,
): string | undefined {
  if (!hostName.test(host) && !isIpv6(host)) return NO_HOST;
  if (port && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
    return 'has a port that is not a number from 1 to 65535';
  if (!user) return 'names no user';
  if (sslrootcert || sslcert || sslkey) return NEEDS_FILE; // workerd has a file system of its own.
  if (sslnegotiation && sslnegotiation !== 'postgres') return 'has an sslnegotiation other than postgres';
  if (typeof ssl === 'string' && ssl !== 'no-verify')
    return 'has an ssl that pg misreads: use sslmode=require or sslmode=disable';
  return isProduction && !ssl && password && !isLoopback(host)
    ? 'would send the password without TLS: add sslmode=require'
    : undefined;
}
