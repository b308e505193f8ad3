// Snapshots that hold for longer than a run: patterns in the place of ids, times and ports.

/** What is another in each run, and a pattern for all it can be. */
const PASSING: [what: RegExp, like: string][] = [
  [/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '[0-9a-f-]{36}'],
  // A secret.
  [/\b(?=\w*\d)[\w-]{32,}\b/g, '[\\w-]{32,}'],
  [/([0-9a-f]{2}:){3,}[0-9a-f:…]+/g, '[0-9a-f:…]+'],
  [/(?<=tcp:\/\/[\d.]+:)\d+/g, '\\d+'],
  [/\d{4}-\d\d-\d\d/g, '\\d{4}-\\d\\d-\\d\\d'],
  [/\b\d\d? \p{L}{3,}\.? 20\d\d/gu, '\\d+ \\S+ 20\\d\\d'],
  [/\b\d+(\.\d+)? [KMGT]iB\b/g, '[\\d.]+ [KMGT]iB'],
  // What stands at an axis.
  [/^\d[\d. ]* \d[\d. ]*$/g, '[\\d. ]+'],
  [/\b\d\d?:\d\d(:\d\d)?\b/g, '[\\d:]+'],
  // Nodes start and join in any order.
  [/Node \d+ (?=started|joined)/g, 'Node \\d+ '],
  // The word of a page that is told of changes, once it is.
  [/Live · updated|Updated/g, '(Live · u|U)pdated'],
  [/\b\d+(\.\d+)? (ms|s|min|h|d)\b/g, '[\\d.]+ (ms|s|min|h|d)'],
];
/** What was measured, and a pattern for all it can be; only in lines that say so. */
const MEASURED = /\b(CPU|Memory|on average)\b/;
const FIGURE: [what: RegExp, like: string] = [
  /(?<!-)\b\d+(\.\d+)?( (%|[KMGT]?i?B\b))?/g,
  '[\\d.]+( (%|[KMGT]?i?B))?',
];
/** From here on Unicode has characters for everybody's own use. */
const MARKS = 0xe000;

/** The text as a pattern, if anything in it passes. */
function pattern(text: string): string | undefined {
  const passing = MEASURED.test(text) ? [...PASSING, FIGURE] : PASSING;
  const marked = passing.reduce(
    (text, [what], at) => text.replace(what, String.fromCharCode(MARKS + at)),
    text,
  );
  if (marked === text) return undefined;
  const made = marked
    .replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
    .replace(/[\ue000-\uf8ff]/g, (mark) => passing[mark.charCodeAt(0) - MARKS]?.[1] ?? '')
    // As they are, they would mean something to YAML.
    .replace(/: /g, ':\\s')
    .replace(/ #/g, '\\s#');
  return `/${made}/`;
}

const unquoted = (text: string) => (text.startsWith('"') ? (JSON.parse(text) as string) : text);

/** An aria snapshot with patterns. How long ago something was is left to the tests of that. */
export function lasting(snapshot: string): string {
  const lines = snapshot.split('\n').map((line) => {
    if (/^ *- time\b/.test(line)) return line.replace(/- time.*/, '- time');
    const [, before = '', name, between = '', value] =
      /^( *- [\w/]+)(?: ("(?:[^"\\]|\\.)*"))?([^:]*:? ?)(.*)$/.exec(line) ?? [];
    if (!before) return line;
    const named = name && ` ${pattern(unquoted(name)) ?? name}`;
    const valued = value && (pattern(unquoted(value)) ?? value);
    return `${before}${named ?? ''}${between}${valued ?? ''}`;
  });
  return `${lines.join('\n')}\n`;
}

const depth = (line: string) => line.length - line.trimStart().length;

/** What two snapshots have in common, in order: the longest sequence of lines that is in both. */
export function shared(one: string, other: string): string {
  const [a, b] = [one.trimEnd().split('\n'), other.trimEnd().split('\n')];
  const bare = (line = '') => line.replace(/:$/, '');
  // How many lines from there on are in both.
  const longest = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number) => longest[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = longest[i] ?? [];
      const same = bare(a[i]) === bare(b[j]);
      row[j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const kept: string[] = [];
  let gone = Number.POSITIVE_INFINITY;
  for (let i = 0, j = 0; i < a.length; i++) {
    const line = bare(a[i]);
    if (depth(line) <= gone) gone = Number.POSITIVE_INFINITY;
    if (at(i, j) === at(i + 1, j)) {
      // What is in it goes with it.
      gone = Math.min(gone, depth(line));
      continue;
    }
    while (bare(b[j]) !== line || at(i, j) !== at(i + 1, j + 1) + 1) j += 1;
    j += 1;
    if (gone === Number.POSITIVE_INFINITY) kept.push(line);
  }
  const lines = kept.map((line, i) => (depth(kept[i + 1] ?? '') > depth(line) ? `${line}:` : line));
  return `${lines.join('\n')}\n`;
}
