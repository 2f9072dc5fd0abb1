// Ids of texts by npm's gpt-tokenizer, an implementation that shares no code or files with ours.
//   node tokens.mjs < texts.json     texts.json: a list of strings; prints a list of lists of ids
import { readFileSync } from "node:fs";
import { encode } from "gpt-tokenizer/encoding/r50k_base";

const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map((text) => Array.from(encode(text, { disallowedSpecial: new Set() })))));
