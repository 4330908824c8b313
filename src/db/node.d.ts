// What this Worker uses of Node's modules: Node's own types would bring in its globals.

declare module 'node:buffer' {
  export const Buffer: {
    concat(chunks: Uint8Array[]): Uint8Array;
    from(memory: ArrayBufferLike, offset: number, length: number): Uint8Array;
  };
}

declare module 'node:events' {
  export class EventEmitter {
    emit(event: string, detail?: unknown): boolean;
  }
}
