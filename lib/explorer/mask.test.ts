import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMask, holdsMarker, MARKER } from "./mask.ts";

const mask = createMask();
const masked = (text: string) => mask.text(text).text;
/** Letters no test text holds otherwise, so that a leak is seen. */
const secret = fc.stringMatching(/^ZQ[A-Z0-9]{6,12}QZ$/);
const sensitiveName = fc.constantFrom("password", "accessToken", "api_key", "client-secret", "passwordHash", "Cookie");
const bcrypt = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";

describe("sensitive names", () => {
  it.each(["password", "userPassword", "PASSWORD_HASH", "api-key", "x-api-key", "sessionId", "refresh_token", "hash"])(
    "%s is one",
    (name) => expect(mask.isSensitiveName(name)).toBe(true),
  );

  it.each(["name", "hashtag", "tokenizer", "passport", "key", "author", "compass", ""])("%s is none", (name) =>
    expect(mask.isSensitiveName(name)).toBe(false),
  );

  it("are the configured ones", () => {
    const own = createMask(["iban", "Tax-Number"]);
    expect(own.isSensitiveName("customer_iban")).toBe(true);
    expect(own.isSensitiveName("taxNumber")).toBe(true);
    expect(own.isSensitiveName("password")).toBe(false);
  });
});

describe("text", () => {
  it.each([
    [`{"password":"a\\"b","x":1}`, `{"password":"${MARKER}","x":1}`],
    [`{"pin":1, "token" : 12345 }`, `{"pin":1, "token" : "${MARKER}" }`],
    [`{"secret":{"a":["}"]},"b":2}`, `{"secret":"${MARKER}","b":2}`],
    [`{"isPrivate":true,"token":null,"secret":""}`, `{"isPrivate":true,"token":null,"secret":""}`],
    [`{"p\\u0061ssword":"x"}`, `{"p\\u0061ssword":"${MARKER}"}`],
    [`"{\\"password\\":\\"x\\",\\"b\\":1}"`, `"{\\"password\\":\\"${MARKER}\\",\\"b\\":1}"`],
    [`{'password': 'x', 'b': 1}`, `{'password': '${MARKER}', 'b': 1}`],
    ["redis://user:hunter2@host:6379/0", `redis://user:${MARKER}@host:6379/0`],
    ["https://h/p?token=abc&x=1", `https://h/p?token=${MARKER}&x=1`],
    ["Host: x\nAuthorization: Basic abc=\nX: 1", `Host: x\nAuthorization: ${MARKER}\nX: 1`],
    [`a ${bcrypt} b`, `a ${MARKER} b`],
    [`{"x":"Bearer abcdefghijklmnop1234"}`, `{"x":"Bearer ${MARKER}"}`],
    ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", MARKER],
    [
      "-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----",
      `-----BEGIN RSA PRIVATE KEY-----${MARKER}-----END RSA PRIVATE KEY-----`,
    ],
    ["the session starts: now", "the session starts: now"],
    ["token", "token"],
  ])("%s", (text, expected) => {
    expect(masked(text)).toBe(expected);
    expect(mask.bytes(Buffer.from(text)).bytes.toString()).toBe(expected);
  });

  it("keeps everything else byte for byte", () => {
    fc.assert(
      fc.property(fc.jsonValue(), sensitiveName, secret, (value, name, hidden) => {
        const around = JSON.stringify({ value, [name]: hidden, after: value });
        const { text } = mask.text(around);
        expect(text).not.toContain(hidden);
        if (!mask.text(JSON.stringify(value)).masked) expect(text).toBe(around.replace(hidden, MARKER));
      }),
    );
  });

  it("is masked however deep the JSON lies inside JSON strings", () => {
    const depth = fc.integer({ min: 0, max: 3 });
    fc.assert(
      fc.property(fc.string(), sensitiveName, secret, depth, (noise, name, hidden, levels) => {
        let text = JSON.stringify({ noise, inner: { [name]: `${noise}${hidden}${noise}` }, after: noise });
        for (let level = 0; level < levels; level++) text = JSON.stringify({ noise, data: text });
        const { text: shown } = mask.text(text);
        expect(shown).not.toContain(hidden);
        expect(() => JSON.parse(shown)).not.toThrow();
      }),
    );
  });

  it("of any bytes is the same bytes when there is nothing to hide", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (value) => {
        const bytes = Buffer.from(value);
        const shown = mask.bytes(bytes);
        if (!shown.masked) expect(shown.bytes.equals(bytes)).toBe(true);
      }),
    );
  });

  it("takes linear time, whatever it is made of", () => {
    const MB = 1024 * 1024;
    for (const unit of [
      "a",
      "\\",
      '"',
      "://a:",
      "eyJ",
      "$2b$",
      '{"password":',
      "'\\u0061",
      "a=",
      "Bearer ",
      '"token":"',
      "-----BEGIN PRIVATE KEY-----",
      "[{",
      "a://b:c",
    ]) {
      const text = unit.repeat(Math.ceil(MB / unit.length));
      const start = performance.now();
      mask.text(text);
      expect(performance.now() - start, unit).toBeLessThan(2_000);
    }
  });
});

describe("a window of a longer value", () => {
  it("shows no piece of a secret that is cut by its edges", () => {
    fc.assert(
      fc.property(secret, fc.nat(200), fc.nat(200), (hidden, a, b) => {
        const whole = Buffer.from(`{"before":"${"x".repeat(50)}","password":"${hidden}","after":[1,2,3]}`);
        const [from, to] = [Math.min(a, b, whole.length), Math.min(Math.max(a, b), whole.length)];
        const shown = mask.window(whole, from, to).bytes.toString();
        for (let at = 0; at + 4 <= hidden.length; at++) expect(shown).not.toContain(hidden.slice(at, at + 4));
      }),
    );
  });

  it("that ends inside a secret hides it to the end", () => {
    const cut = Buffer.from(`{"credentials":{"user":"u","deep":[1,{"k":"ZQZQ`);
    expect(mask.bytes(cut).bytes.toString()).toBe(`{"credentials":"${MARKER}"`);
  });
});

it("recognises its own marker, so that a masked value is never saved", () => {
  expect(holdsMarker(mask.bytes(Buffer.from('{"token":"x"}')).bytes)).toBe(true);
  expect(holdsMarker(Buffer.from('{"token":"x"}'))).toBe(false);
});
