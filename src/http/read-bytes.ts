/** In bytes. Most bodies are shorter, and `limit` bytes are not allocated for them. */
const FIRST_READ = 16_384;

/**
 * Reads a body whole. What it costs depends on its bytes, not on the number of its chunks, each of which would keep the
 * runtime's read buffer in memory.
 *
 * @param excess what to do with a body of more than `limit` bytes. To a proxy, an unread request is a broken connection.
 * @returns undefined where it has more than `limit` bytes.
 */
export async function readBytes(
  body: ReadableStream | null,
  limit: number,
  excess: 'cancel' | 'discard the rest',
): Promise<Uint8Array | undefined> {
  if (!body) return new Uint8Array(0);
  const reader = body.getReader({ mode: 'byob' });
  const first = await readUpTo(reader, FIRST_READ);
  if (first.byteLength < FIRST_READ) return first;
  const rest = await readUpTo(reader, limit + 1 - FIRST_READ);
  const bytes = new Uint8Array(first.byteLength + rest.byteLength);
  bytes.set(first);
  bytes.set(rest, first.byteLength);
  if (bytes.byteLength <= limit) return bytes;
  if (excess === 'cancel') await reader.cancel();
  else while ((await readUpTo(reader, FIRST_READ)).byteLength > 0);
  return undefined;
}

async function readUpTo(reader: ReadableStreamBYOBReader, amount: number): Promise<Uint8Array> {
  const { value } = await reader.readAtLeast(amount, new Uint8Array(amount));
  return value ?? new Uint8Array(0);
}
