/**
 * Reads a body whole. What it costs depends on its bytes, not on the number of its chunks: each chunk that is kept
 * would keep the runtime's read buffer.
 *
 * @returns undefined where it has more than `limit` bytes; the rest is then discarded, not kept.
 */
export async function readBytes(body: ReadableStream | null, limit: number): Promise<Uint8Array | undefined> {
  if (!body) return new Uint8Array(0);
  const reader = body.getReader({ mode: 'byob' });
  const { value = new Uint8Array(0) } = await reader.readAtLeast(limit + 1, new Uint8Array(limit + 1));
  if (value.byteLength <= limit) return value;
  await reader.cancel();
  return undefined;
}
