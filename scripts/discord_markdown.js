// Parses texts with an independent parser of Discord's Markdown. Reads a JSON string per line and
// writes an object per line, with
//   quotes   the text of each block quote, as displayed
//   outside  the text outside of block quotes, as displayed
//   inside   the kinds of markup in block quotes: emphasis, mentions, links ...
//   marks    the kinds of markup outside of block quotes
//   code     the text of each code block
//   targets  the addresses of links in block quotes
//
// tests/it/discord/markdown.rs runs it; scripts/test installs the parser.

const { SimpleMarkdown, rulesExtended } = require("discord-markdown-parser");

// Discord displays lists, which the parser does not support.
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

// A block quote starts a line, so its first line may be a list or a heading.
const blockQuote = {
  ...rulesExtended.blockQuote,
  parse: (capture, parse, state) =>
    rulesExtended.blockQuote.parse(capture, parse, { ...state, prevCapture: null }),
};

const parse = SimpleMarkdown.parserFor({ ...rulesExtended, list, blockQuote });

// Node types of plain text. Unicode emoji count as characters.
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
  if (node.type === "codeBlock") {
    shown.code.push(node.content);
  }
  if (node.target && kinds === shown.inside) {
    shown.targets.push(node.target);
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
  const shown = { quotes: [], code: [], targets: [], inside: new Set(), marks: new Set() };
  shown.outside = read(parse(text, { inline: true }), shown, shown.marks);
  return { ...shown, inside: [...shown.inside].sort(), marks: [...shown.marks].sort() };
}

// Node's readline would also split at Unicode line separators.
let rest = "";
process.stdin.setEncoding("utf8").on("data", (chunk) => {
  const lines = (rest + chunk).split("\n");
  rest = lines.pop();
  lines.forEach((line) => console.log(JSON.stringify(show(JSON.parse(line)))));
});
