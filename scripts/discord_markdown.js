// Shows what an independent parser of Discord's Markdown makes of texts: a JSON string a line in, an
// object a line out, with
//   quotes   what stands in each block quote, as people read it
//   outside  what stands outside of them
//   inside   what is in block quotes and is no plain text: emphasis, mentions, links ...
//   marks    the same of what is outside
//
// tests/it/discord/markdown.rs drives it; scripts/test fetches the parser.

const { SimpleMarkdown, rulesExtended } = require("discord-markdown-parser");

// Discord shows lists, which the parser does not know yet.
const list = {
  order: SimpleMarkdown.defaultRules.heading.order,
  match(source, state) {
    const before = state.prevCapture === null ? "\n" : state.prevCapture[0];
    return before.endsWith("\n") ? /^( *(?:[*+-]|\d+[.)]) +)([^\n]+)/.exec(source) : null;
  },
  parse: (capture, parse, state) => ({
    content: [{ type: "text", content: capture[1] }, parse(capture[2], state)],
  }),
};

const parse = SimpleMarkdown.parserFor({ ...rulesExtended, list });

// Plain text, however it is put together. Emoji of Unicode are characters like others.
const PLAIN = new Set(["text", "br", "newline", "twemoji", "emoticon"]);

function read(node, shown, kinds) {
  if (Array.isArray(node)) {
    return node.map((part) => read(part, shown, kinds)).join("");
  }
  if (node.type === "blockQuote") {
    const quote = { text: "", kinds: shown.inside };
    quote.text = read(node.content, shown, quote.kinds);
    shown.quotes.push(quote.text);
    return "";
  }
  if (!PLAIN.has(node.type)) {
    kinds.add(node.type);
  }
  if (node.type === "br" || node.type === "newline") {
    return "\n";
  }
  if (node.type === "twemoji") {
    return node.name;
  }
  return typeof node.content === "string" ? node.content : read(node.content ?? [], shown, kinds);
}

function show(text) {
  const shown = { quotes: [], inside: new Set(), marks: new Set() };
  shown.outside = read(parse(text, { inline: true }), shown, shown.marks);
  return { ...shown, inside: [...shown.inside].sort(), marks: [...shown.marks].sort() };
}

// Node's own reader of lines divides at separators of Unicode, too.
let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  lines.forEach((line) => console.log(JSON.stringify(show(JSON.parse(line)))));
});
