/**
 * What the first messages do without, in one bundle that is loaded when the first of it is opened: a
 * bundle for each would be as many requests, with more headers than content.
 */

export { startNotices } from "../notify.ts";
export { openStream } from "../transport_stream.ts";
export { DateDialog } from "./date_dialog.tsx";
export { EmojiPicker } from "./emoji_picker.tsx";
export { MentionList } from "./mention_list.tsx";
export { MessageMenu } from "./message_menu.tsx";
export { People } from "./people.tsx";
export { PinsDialog } from "./pins_dialog.tsx";
export { SettingsDialog } from "./settings_dialog.tsx";
export { ShortcutsDialog } from "./shortcuts_dialog.tsx";
