/** What the model does without until something unusual happens. */

export { completeList } from "./own_rooms.ts";
export { Paging } from "./paging.ts";
export * from "./sign_in_changes.ts";

export type ModelLater = typeof import("./model_later.ts");
