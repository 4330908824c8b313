// What this Worker uses of two libraries whose own types would bring in Node's globals.

/** The client alone: the main module of `pg` also holds a pool and bindings of libpq, which no Worker uses. */
declare module 'pg/lib/client.js' {
  import type { CloudflareSocket } from 'pg-cloudflare';

  type QueryConfig = {
    text: string;
    values: unknown[];
    rowMode: 'array';
    types: { getTypeParser: () => (value: string) => string };
  };

  export default class Client {
    readonly connection: { stream: CloudflareSocket };
    constructor(config: { connectionString: string; stream: (config: { ssl: boolean }) => CloudflareSocket });
    on(event: 'error', listener: (error: Error) => void): this;
    connect(): Promise<void>;
    query(config: QueryConfig): Promise<{ rows: (string | null)[][] }>;
    end(): Promise<void>;
  }
}

declare module 'pg-cloudflare' {
  export class CloudflareSocket {
    readonly ssl: boolean;
    destroyed: boolean;
    constructor(ssl: boolean);
    _listen(): Promise<void>;
    write(data: Uint8Array | string, ...rest: unknown[]): boolean | undefined;
    end(...rest: unknown[]): this;
    destroy(reason?: string): this;
    emit(event: string, ...details: unknown[]): boolean;
  }
}
