/** What the model does without until something unusual happens. */

export * from "./sign_in_changes.ts";
export { listVisited } from "./visited.ts";
