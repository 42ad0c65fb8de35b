/** What the process ends with. */
export const exitCodes = { success: 0, fault: 1, mistake: 2, different: 3, interrupted: 130 } as const;

/** Thrown by a command that has said all there is to say and wants this exit code. */
export class ExitWith extends Error {
  constructor(readonly exitCode: number) {
    super(`Exit code ${exitCode}`);
  }
}
