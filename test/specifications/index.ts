import { s0 } from './s0.ts';
import { s1 } from './s1.ts';
import { s2 } from './s2.ts';
import { s3 } from './s3.ts';
import type { Specification } from './types.ts';

/** The four documents that this API was built from, by the names that tests call them. */
export const specifications: Record<string, Specification> = { S0: s0, S1: s1, S2: s2, S3: s3 };
