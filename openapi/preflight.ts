import { answerHeaders, headers } from './headers.ts';

/** The tag of the operations that only browsers send. */
export const PREFLIGHT_TAG = 'Preflights';

/** What a browser asks before it lets a page of another origin call a path. */
export function preflight(operationId: string) {
  const { required: _, ...Allow } = headers.Allow;
  return {
    operationId,
    tags: [PREFLIGHT_TAG],
    summary: 'What pages of other origins may send',
    security: [],
    responses: {
      204: {
        description:
          'To a listed origin, which methods and headers its pages may use; to any other, and to those who are no browser, `Allow` with the methods of the path.',
        headers: {
          ...answerHeaders(
            'Access-Control-Allow-Methods',
            'Access-Control-Allow-Headers',
            'Access-Control-Max-Age',
            'Cache-Control',
          ),
          Allow,
        },
      },
    },
  };
}
