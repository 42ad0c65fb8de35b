/** Action names of the circuit primitives, by the energy they stand for. */
const actionsByEnergy = {
  read: [
    "read",
    "mac",
    "mac_random",
    "mac_reused",
    "fire",
    "drive",
    "run",
    "compute",
    "add",
    "shift_add",
    "max_pool",
    "activate",
  ],
  write: ["write", "set", "erase"],
  idle: ["idle", "gated_read", "gated_write", "skipped_read", "skipped_write"],
} as const;

export type CircuitEnergy = keyof typeof actionsByEnergy;

export const circuitActions: readonly string[] = Object.values(actionsByEnergy).flat();

const energyOfAction = new Map<string, CircuitEnergy>(
  Object.entries(actionsByEnergy).flatMap(([energy, actions]) =>
    actions.map((action) => [action, energy as CircuitEnergy] as const),
  ),
);

/** Which energy an action (one of {@link circuitActions}) stands for. */
export function circuitEnergy(action: string): CircuitEnergy {
  return energyOfAction.get(action) ?? "read";
}
