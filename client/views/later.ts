/**
 * What the first messages do without, in one bundle that is loaded when the first of it is opened: a
 * bundle for each would be as many requests, with more headers than content.
 */

export { nextRoom } from "../next_room.ts";
export { startNotices } from "../notify.ts";
export { noticeInWords } from "../room_notices.ts";
export { openStream } from "../transport_stream.ts";
export { ArrivalQuestion } from "./arrival_question.tsx";
export { BrowseDialog } from "./browse_dialog.tsx";
export { DateDialog } from "./date_dialog.tsx";
export { EmojiPicker } from "./emoji_picker.tsx";
export { InvitesDialog } from "./invites_dialog.tsx";
export { Join } from "./join.tsx";
export { MembersDialog } from "./members_dialog.tsx";
export { MentionList } from "./mention_list.tsx";
export { MessageMenu } from "./message_menu.tsx";
export { NewMessageDialog } from "./new_message_dialog.tsx";
export { NewRoomDialog } from "./new_room_dialog.tsx";
export { News } from "./news.tsx";
export { NotFound } from "./not_found.tsx";
export { People } from "./people.tsx";
export { PersonDialog } from "./person_dialog.tsx";
export { PinsDialog } from "./pins_dialog.tsx";
export { LeaveDialog, RoomMenu } from "./room_menu.tsx";
export { RoomSettingsDialog } from "./room_settings_dialog.tsx";
export { SettingsDialog } from "./settings_dialog.tsx";
export { ShortcutsDialog } from "./shortcuts_dialog.tsx";
export { Switcher } from "./switcher.tsx";
