/** The client alone: the library's main module holds a pool and bindings of libpq too, which no Worker uses. */
declare module 'pg/lib/client.js' {
  export { Client as default } from 'pg';
}
