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
  let chunk = await reader.readAtLeast(limit + 1, new Uint8Array(limit + 1));
  if (!chunk.value || chunk.value.byteLength <= limit) return chunk.value ?? new Uint8Array(0);
  if (excess === 'cancel') await reader.cancel();
  else while (!chunk.done) chunk = await reader.read(new Uint8Array(chunk.value.buffer));
  return undefined;
}
