/** Prints what is being done; the returned function prints how long it took. */
export function say(sentence) {
  const begun = performance.now();
  process.stdout.write(`  ${sentence} … `);
  isLineOpen = true;
  return () => {
    process.stdout.write(`${((performance.now() - begun) / 1_000).toFixed(1)} s\n`);
    isLineOpen = false;
  };
}

let isLineOpen = false;

/** Prints what went wrong on a line of its own. */
export function complain(sentence) {
  if (isLineOpen) process.stdout.write("\n");
  isLineOpen = false;
  process.stderr.write(`\n  ${sentence.replaceAll("\n", "\n  ")}\n\n`);
}
