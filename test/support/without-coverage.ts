/** The environment for processes that coverage need not count: what they run is counted elsewhere, and they are many. */
export function withoutCoverage(): NodeJS.ProcessEnv {
  return { ...process.env, NODE_V8_COVERAGE: undefined };
}
