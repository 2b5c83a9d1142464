// Redis' glob patterns (MATCH) read in JavaScript, for names that are looked up rather than walked. Byte by byte on
// latin1 text: `*` `?` `[abc]` `[^a-z]` and `\` as escape. Linear in memory and at worst pattern × name in time, because
// a pattern is an operator's text: no regular expression that could run away.

type Token = { readonly star: true } | { readonly star: false; readonly literal: string | null; accepts: Accepts };
type Accepts = (code: number) => boolean;

/** Whether `name` matches `pattern` the way Redis' MATCH would decide it. */
export function globMatches(pattern: string, name: string): boolean {
  const tokens = parse(pattern);
  let at = 0;
  let token = 0;
  // Only the last star ever needs another try: what an earlier one could take, the later one can take too.
  let retryAt = 0;
  let retryToken = -1;
  while (at < name.length) {
    const current = tokens[token];
    if (current?.star) {
      retryToken = ++token;
      retryAt = at;
    } else if (current?.accepts(name.charCodeAt(at))) {
      token++;
      at++;
    } else if (retryToken >= 0) {
      token = retryToken;
      at = ++retryAt;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest.star);
}

/** The characters every match begins with: the pattern up to its first wildcard, unescaped. */
export function literalHead(pattern: string): string {
  let head = "";
  for (const token of parse(pattern)) {
    if (token.star || token.literal === null) break;
    head += token.literal;
  }
  return head;
}

function parse(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; ) {
    const character = pattern[at]!;
    if (character === "*") {
      tokens.push({ star: true });
      at++;
    } else if (character === "?") {
      tokens.push({ star: false, literal: null, accepts: () => true });
      at++;
    } else if (character === "[") {
      const { accepts, end } = parseClass(pattern, at + 1);
      tokens.push({ star: false, literal: null, accepts });
      at = end;
    } else {
      const literal = character === "\\" ? (pattern[at + 1] ?? character) : character;
      tokens.push({ star: false, literal, accepts: (code) => code === literal.charCodeAt(0) });
      at += character === "\\" ? 2 : 1;
    }
  }
  return tokens;
}

/** A class ends at `]` or, as in Redis, with the pattern; `a-]` is a range, and a range may be written backwards. */
function parseClass(pattern: string, start: number): { accepts: Accepts; end: number } {
  const negated = pattern[start] === "^";
  const ranges: [number, number][] = [];
  let at = negated ? start + 1 : start;
  while (at < pattern.length && pattern[at] !== "]") {
    if (pattern[at] === "\\" && at + 1 < pattern.length) at++;
    else if (pattern[at + 1] === "-" && at + 2 < pattern.length) {
      const [from, to] = [signed(pattern.charCodeAt(at)), signed(pattern.charCodeAt(at + 2))];
      ranges.push([Math.min(from, to), Math.max(from, to)]);
      at += 3;
      continue;
    }
    const code = signed(pattern.charCodeAt(at));
    ranges.push([code, code]);
    at++;
  }
  const accepts = (code: number) => ranges.some(([from, to]) => signed(code) >= from && signed(code) <= to) !== negated;
  return { accepts, end: at + 1 };
}

/** Redis compares the ends of a range as C `char`s, which are signed where it usually runs. */
function signed(code: number): number {
  return code > 127 ? code - 256 : code;
}
