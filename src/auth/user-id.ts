import * as z from 'zod/mini';

/** 1–255 characters as PostgreSQL counts them, none a control character. */
export const USER_ID_PATTERN = /^\P{Cc}{1,255}$/u;

/** An opaque user id. */
export const userIdSchema = () =>
  z
    .string()
    .check(
      z.refine(
        (id) => id.isWellFormed() && USER_ID_PATTERN.test(id),
        'must have 1 to 255 characters, none a control character',
      ),
    );
