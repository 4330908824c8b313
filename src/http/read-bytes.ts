/** In bytes. Most bodies are shorter, and `limit` bytes are not allocated for them. */
const FIRST_READ = 16_384;

/**
 * Reads a body whole. The cost depends on the number of bytes, not of chunks, each of which would keep the
 * runtime's read buffer in memory.
 *
 * @returns undefined if it has more than `limit` bytes; the rest can still be read.
 */
export async function readBytes(body: ReadableStream | null, limit: number): Promise<Uint8Array | undefined> {
  if (!body) return new Uint8Array(0);
  const reader = body.getReader({ mode: 'byob' });
  const first = await readUpTo(reader, FIRST_READ);
  if (first.byteLength < FIRST_READ) return first;
  const rest = await readUpTo(reader, limit + 1 - FIRST_READ);
  if (first.byteLength + rest.byteLength > limit) {
    reader.releaseLock();
    return undefined;
  }
  const bytes = new Uint8Array(first.byteLength + rest.byteLength);
  bytes.set(first);
  bytes.set(rest, first.byteLength);
  return bytes;
}

async function readUpTo(reader: ReadableStreamBYOBReader, amount: number): Promise<Uint8Array> {
  const { value } = await reader.readAtLeast(amount, new Uint8Array(amount));
  return value ?? new Uint8Array(0);
}
