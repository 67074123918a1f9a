/**
 * The package declares its icons only in the list of all of them. They are imported one by one: by way of
 * the list, the bundler takes each for needed wherever any is, and those of menus would come before the
 * first message.
 */
declare module "lucide/dist/esm/icons/*.mjs" {
  import type { IconNode } from "lucide";
  const icon: IconNode;
  export default icon;
}
