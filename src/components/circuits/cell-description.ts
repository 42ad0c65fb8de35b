import { RaellaError, suggestName } from "../../errors";
import type { Fidelity } from "../../spec/specification";

/** A resistive memory device with or without an access transistor. */
export interface CellDescription {
  /** Where the description comes from, for messages; no figure depends on it. */
  readonly name: string;
  /** `transistor`: each device has an access transistor (1T1R). `crosspoint`: it has none. */
  readonly access: "transistor" | "crosspoint";
  /** Height and width of the cell, in F. */
  readonly heightF: number;
  readonly widthF: number;
  /** Width of the access transistor, in F. */
  readonly accessWidthF: number;
  readonly onResistanceOhm: number;
  readonly offResistanceOhm: number;
  /** On-resistance of the access transistor, 0 for a cross-point. */
  readonly accessResistanceOhm: number;
  readonly readVoltageV: number;
  readonly writeVoltageV: number;
  readonly writePulseS: number;
}

/** What a cell file may say about the figures: name in the YAML form, key of the `.cell` text form. */
const cellKeys = {
  area_f2: "CellArea (F^2)",
  aspect_ratio: "CellAspectRatio",
  access_width_f: "AccessCMOSWidth (F)",
  access_resistance_ohm: "AccessTransistorResistance (ohm)",
  resistance_on_ohm: "ResistanceOn (ohm)",
  resistance_on_at_read_ohm: "ResistanceOnAtReadVoltage (ohm)",
  resistance_off_ohm: "ResistanceOff (ohm)",
  resistance_off_at_read_ohm: "ResistanceOffAtReadVoltage (ohm)",
  read_voltage_v: "ReadVoltage (V)",
  read_power_uw: "ReadPower (uW)",
  read_current_ua: "ReadCurrent (uA)",
  set_voltage_v: "SetVoltage (V)",
  set_power_uw: "SetPower (uW)",
  set_current_ua: "SetCurrent (uA)",
  set_energy_pj: "SetEnergy (pJ)",
  set_pulse_ns: "SetPulse (ns)",
} as const;

type CellKey = keyof typeof cellKeys;
type CellFigures = Readonly<Partial<Record<CellKey, number>>>;

/** Default on-resistance of an access transistor, ohm. */
const defaultAccessResistanceOhm = 20000;
/** Voltage on the gate line of the access transistors, V. */
export const accessGateVoltageV = 0.7;

/**
 * Reads the `.cell` text form: lines `-Key (unit): value`, the first line with a key counts, keys without
 * influence on the models are passed over. One line that says CMOS makes the access a transistor.
 * @throws RaellaError for missing, non-positive or contradicting figures
 */
export function cellFromText(text: string, name: string, fidelity: Fidelity): CellDescription {
  const lines = text.split(/\r?\n/);
  const valueOf = (key: string): string | undefined => {
    const line = lines.find((candidate) => candidate.startsWith(`-${key}:`));
    return line === undefined ? undefined : /[A-Za-z0-9.-]+/.exec(line.slice(key.length + 2))?.[0];
  };
  const says = (key: string, value: string): boolean =>
    lines.some((line) => new RegExp(`^-${key}:\\s*${value}\\b`).test(line));
  if (says("MemCellType", "SRAM")) throw unsupportedMemory(name);
  const figures: Partial<Record<CellKey, number>> = {};
  for (const key of Object.keys(cellKeys) as CellKey[]) {
    const value = valueOf(cellKeys[key]);
    if (value === undefined) continue;
    const figure = Number.parseFloat(value);
    if (Number.isNaN(figure)) throw cellError(name, `-${cellKeys[key]} is not a number`, value);
    figures[key] = figure;
  }
  return describeCell(figures, says("AccessType", "CMOS"), name, fidelity);
}

/**
 * Reads the YAML form: the names of {@link cellKeys} and `access: transistor | crosspoint`.
 * @throws RaellaError for unknown names and for missing, non-positive or contradicting figures
 */
export function cellFromEntries(
  entries: Readonly<Record<string, unknown>>,
  name: string,
  fidelity: Fidelity,
): CellDescription {
  const figures: Partial<Record<CellKey, number>> = {};
  let access: unknown;
  for (const [key, value] of Object.entries(entries)) {
    if (key === "access") access = value;
    else if (key in cellKeys && typeof value === "number") figures[key as CellKey] = value;
    else if (key in cellKeys) throw cellError(name, `${key} is not a number`, value);
    else if (key !== "description" && key !== "source") {
      throw new RaellaError({
        code: "component",
        message: `The cell description ${name} has the unknown entry "${key}".`,
        value: key,
        remedy: suggestName(key, ["access", "description", "source", ...Object.keys(cellKeys)]),
      });
    }
  }
  if (access !== "transistor" && access !== "crosspoint") {
    throw cellError(name, "access must say transistor or crosspoint", access);
  }
  return describeCell(figures, access === "transistor", name, fidelity);
}

function describeCell(
  figures: CellFigures,
  hasTransistor: boolean,
  name: string,
  fidelity: Fidelity,
): CellDescription {
  const area = requirePositive(figures.area_f2, "area_f2", name);
  const aspectRatio = requirePositive(figures.aspect_ratio, "aspect_ratio", name);
  const on = figures.resistance_on_ohm ?? figures.resistance_on_at_read_ohm;
  const off = figures.resistance_off_ohm ?? figures.resistance_off_at_read_ohm;
  const onResistanceOhm = requirePositive(on, "resistance_on_at_read_ohm", name);
  const offResistanceOhm = requirePositive(off, "resistance_off_at_read_ohm", name);
  const conductance = (1 / onResistanceOhm + 1 / offResistanceOhm) / 2;
  const voltage = (volts?: number, powerUw?: number, currentUa?: number): number => {
    if (volts !== undefined) return volts;
    if (powerUw !== undefined) {
      const powerW = powerUw * 1e-6;
      return fidelity === "artifact" ? powerW / (conductance * conductance) : Math.sqrt(powerW / conductance);
    }
    return currentUa === undefined ? 0 : (currentUa * 1e-6) / conductance;
  };
  const writeVoltageV = voltage(figures.set_voltage_v, figures.set_power_uw, figures.set_current_ua);
  const widthF = Math.sqrt(area / aspectRatio);
  const accessWidthF = figures.access_width_f ?? 1;
  if (hasTransistor && accessWidthF > widthF) {
    throw cellError(
      name,
      `its access transistor is wider than the cell (${widthF.toPrecision(4)} F)`,
      accessWidthF,
    );
  }
  return {
    name,
    access: hasTransistor ? "transistor" : "crosspoint",
    heightF: Math.sqrt(area * aspectRatio),
    widthF,
    accessWidthF,
    onResistanceOhm,
    offResistanceOhm,
    accessResistanceOhm: hasTransistor ? (figures.access_resistance_ohm ?? defaultAccessResistanceOhm) : 0,
    readVoltageV: voltage(figures.read_voltage_v, figures.read_power_uw, figures.read_current_ua),
    writeVoltageV,
    writePulseS:
      figures.set_energy_pj !== undefined
        ? (figures.set_energy_pj * 1e-12) / (writeVoltageV * writeVoltageV * conductance)
        : (figures.set_pulse_ns ?? 0) * 1e-9,
  };
}

function requirePositive(value: number | undefined, key: CellKey, name: string): number {
  if (value !== undefined && value > 0) return value;
  if (value !== undefined) throw cellError(name, `${key} must be above 0`, value);
  throw new RaellaError({
    code: "component",
    message: `The cell description ${name} does not say ${key}.`,
    expected: `a line "-${cellKeys[key]}: number" (.cell form) or "${key}: number" (YAML form)`,
  });
}

function cellError(name: string, problem: string, value: unknown): RaellaError {
  return new RaellaError({
    code: "component",
    message: `The cell description ${name} cannot be used: ${problem}, got ${JSON.stringify(value) ?? "nothing"}.`,
    value,
  });
}

function unsupportedMemory(name: string): RaellaError {
  return new RaellaError({
    code: "component",
    message: `The cell description ${name} is of an SRAM cell; the crossbar models know resistive cells only.`,
    value: "SRAM",
    expected: "a resistive cell, e.g. -MemCellType: memristor",
  });
}
