// What this Worker uses of libraries whose own types would bring in Node's globals.

/** The client alone: the main module of `pg` also holds a pool and bindings of libpq, which no Worker uses. */
declare module 'pg/lib/client.js' {
  type QueryConfig = {
    text: string;
    values: unknown[];
    rowMode: 'array';
    types: { getTypeParser: () => (value: string) => string };
  };

  export default class Client {
    readonly connection: { stream: { destroy(): void } };
    constructor(config: { connectionString: string; stream: (config: { ssl: boolean }) => object });
    on(event: 'error', listener: (error: Error) => void): this;
    connect(): Promise<void>;
    query(config: QueryConfig): Promise<{ rows: (string | null)[][] }>;
    end(): Promise<void>;
  }
}

declare module 'pg-connection-string' {
  /** `host`, `port`, `user` and `password` are empty if the URL has none. */
  export type ConnectionOptions = {
    host: string;
    port: string;
    user: string;
    password: string;
    ssl?: boolean | string | object;
    sslnegotiation?: string;
    sslrootcert?: string;
    sslcert?: string;
    sslkey?: string;
  };

  /** @throws if an escape is not UTF-8, or a file that a parameter names cannot be read. */
  export function parse(url: string): ConnectionOptions;
}
