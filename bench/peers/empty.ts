/** Answers, and does nothing else: what a workerd costs that has no bundle to speak of. */
export default { fetch: () => new Response('{"status":"ok"}') };
