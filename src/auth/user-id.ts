import * as z from 'zod/mini';

/** An opaque user id: 1–255 characters as PostgreSQL counts them, none a control character. */
export const userIdSchema = () =>
  z
    .string()
    .check(
      z.refine(
        (id) => id.isWellFormed() && /^\P{Cc}{1,255}$/u.test(id),
        'must have 1 to 255 characters, none a control character',
      ),
    );
