// Speaks TAP: a test is a sentence and a list of what speaks against it.
let number = 0;
let failures = 0;

export function tell(sentence, problems) {
  number++;
  const good = problems.length === 0;
  if (!good) failures++;
  console.log(`${good ? "ok" : "not ok"} ${number} - ${sentence}`);
  for (const problem of problems.slice(0, 8))
    console.log(`# ${JSON.stringify(problem)}`);
}

export function skip(sentence, reason) {
  console.log(`ok ${++number} - ${sentence} # SKIP ${reason}`);
}

export function finish() {
  console.log(`1..${number}`);
  process.exitCode = failures > 0 ? 1 : 0;
}
