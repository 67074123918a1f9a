/**
 * The emoji of the picker: those that people use most, each with words to find it by. The first word is
 * its name. Chosen by hand from Unicode's list (CLDR short names).
 */

export interface Emoji {
  emoji: string;
  words: string;
}

const LIST = `
👍 thumbs up yes like agree ok
👎 thumbs down no dislike
❤️ red heart love
🎉 party popper celebrate congratulations hooray
😂 tears of joy laugh lol haha
🙏 folded hands thanks please
👀 eyes looking seen
🔥 fire hot great
✅ check mark done yes
❌ cross mark no wrong
😀 grinning face happy smile
😄 smiling eyes happy laugh
😁 beaming face grin
😅 sweat smile phew
🤣 rolling on the floor laughing rofl
😊 smiling blush happy
🙂 slightly smiling
😉 winking face wink
😍 heart eyes love
🥰 smiling with hearts love
😘 blowing a kiss
😎 sunglasses cool
🤩 star-struck wow
🥳 partying face birthday
😋 savouring food yum
🤔 thinking face hmm
🤨 raised eyebrow doubt
😐 neutral face meh
😶 without mouth silent
🙄 rolling eyes
😏 smirking face
😬 grimacing face awkward
😴 sleeping face tired zzz
🤒 thermometer ill sick
🤯 exploding head mind blown
😕 confused face
🙁 frowning face sad
😮 open mouth surprised wow
😲 astonished face
😳 flushed face embarrassed
🥺 pleading face puppy
😢 crying face sad
😭 loudly crying sob
😱 screaming in fear
😞 disappointed face
😓 cold sweat
😤 steam from nose
😡 enraged face angry
🤬 symbols on mouth swearing
💀 skull dead
👻 ghost
🤖 robot bot
💩 pile of poo
🙈 see-no-evil monkey
👋 waving hand hello bye
🤚 raised back of hand stop
✋ raised hand high five
👌 ok hand perfect
✌️ victory hand peace
🤞 crossed fingers luck
🤟 love-you gesture
🤘 sign of the horns rock
🤙 call me hand
👉 pointing right
👇 pointing down
☝️ pointing up
👏 clapping hands applause bravo
🙌 raising hands hooray
🤝 handshake deal agree
💪 flexed biceps strong
✍️ writing hand
🤷 shrugging person shrug dunno
🤦 facepalm person
🙋 raising hand question
🧡 orange heart
💛 yellow heart
💚 green heart
💙 blue heart
💜 purple heart
🖤 black heart
💔 broken heart
💯 hundred points perfect
💥 collision boom
💡 light bulb idea
💬 speech balloon
💤 zzz sleep
⭐ star
✨ sparkles shiny new
⚡ high voltage lightning fast
🌈 rainbow
☀️ sun
🌱 seedling plant grow
🌹 rose flower
🐛 bug insect
🐢 turtle slow
🦄 unicorn
🐱 cat face
🐶 dog face
☕ hot beverage coffee tea
🍺 beer mug
🍻 clinking beer mugs cheers
🥂 clinking glasses cheers
🍕 pizza
🍰 shortcake cake
🎂 birthday cake
🍎 red apple
🏆 trophy win
🥇 first place medal gold
⚽ soccer ball football
🎵 musical note
🎁 wrapped gift present
🚀 rocket ship launch fast
✈️ airplane travel
🚲 bicycle
🏠 house home
⏰ alarm clock time
⏳ hourglass wait
📅 calendar date
📌 pushpin pin
📎 paperclip attach
📣 megaphone announce
📈 chart increasing up
📉 chart decreasing down
🔒 locked secure
🔑 key
🔧 wrench fix
🛠️ hammer and wrench tools build
🧪 test tube experiment
💻 laptop computer
📱 mobile phone
💰 money bag
❓ question mark
❗ exclamation mark
⚠️ warning
🛑 stop sign
🆗 ok button
➕ plus
➖ minus
🇪🇺 flag european union
🏁 chequered flag finish
🏳️‍🌈 rainbow flag pride
`;

/** In the order in which they are shown. */
export const EMOJI: readonly Emoji[] = LIST.trim().split("\n").map((line) => {
  const space = line.indexOf(" ");
  return { emoji: line.slice(0, space), words: line.slice(space + 1) };
});

/** Those that a text finds: every word of it begins a word of theirs. */
export function findEmoji(text: string): readonly Emoji[] {
  const wanted = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
  if (wanted.length === 0) return EMOJI;
  return EMOJI.filter(({ emoji, words }) =>
    wanted.every((one) => emoji === one || words.split(" ").some((word) => word.startsWith(one)))
  );
}
