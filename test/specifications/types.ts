/** Where a requirement is answered that no test names, or not whole. */
export type Answer =
  /** What the name of a goal in `bench/results.json` holds; the goal must be met. */
  | { benchmark: string }
  /** A heading of the README. */
  | { documentation: string }
  /** The id of another requirement, of any specification, which asks the same. */
  | { same: string }
  /** What the API does instead, where the specifications contradict each other or themselves. */
  | { settled: string }
  /** Why it is not for this project to answer. */
  | { notApplicable: string };

/** What a requirement asks, in our words; and how it is answered where tests are not all of it. */
export type Requirement = string | [asks: string, ...answers: Answer[]];

/** One of the four documents that this API was built from. */
export type Specification = {
  title: string;
  /** By the document's own ids; scenarios as `US1.2`, edge cases as `EC1`, in the document's order. */
  requirements: Record<string, Requirement>;
};
