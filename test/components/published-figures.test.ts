import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import type { Specification } from "../../src/spec/specification";
import { loadPublishedFigures } from "../../src/spec/published-figures";
import type { PublishedFigure } from "../../src/spec/published-figures";
import { exampleSpec } from "./support";

/** A published figure in um^2 or mW. */
function published(
  name: PublishedFigure["figure"],
  architecture: string,
  component: string | null = null,
): number {
  const found = loadPublishedFigures().find(
    (row) => row.figure === name && row.architecture === architecture && row.component === component,
  );
  assert.ok(found, `${name} of ${architecture}`);
  return found.unit === "mm2" ? found.value * 1e6 : found.value;
}

/** In-situ multiply-accumulate units of a tile of ISAAC. */
const imas = 12;

function assertFactor(actual: number, expected: number, factor: number, what: string): void {
  assert.ok(
    actual < expected * factor && actual > expected / factor,
    `${what}: ${actual} against ${expected}`,
  );
}

/** Area of everything that belongs to one tile, um^2. */
function tileAreaUm2(spec: Specification): number {
  const { areaUm2 } = estimate(spec).area;
  const { nTiles } = spec.identity;
  assert.ok(nTiles);
  return spec.levels.reduce((sum, { name, instances }) => sum + (areaUm2[name] * instances) / nTiles, 0);
}

describe("figures of the papers", () => {
  const library = (name: string, attributes: Record<string, number> = {}) => ({
    class: name,
    attributes: { technology: 32, ...attributes },
  });

  it("ISAAC's converters have the published area and power", () => {
    const adc = library("isaac_adc", { resolution: 8, n_components: 8 });
    assertFactor(
      componentArea(adc).value,
      published("componentArea", "isaac", "column_readout") / imas,
      1.001,
      "area",
    );
    const powerMw = componentEnergy(adc, "convert").value * 1e-12 * 8 * 1.2e9 * 1e3;
    assertFactor(powerMw, published("componentPower", "isaac", "column_readout") / imas, 1.001, "power");
  });

  it("ISAAC's memories and networks have the published areas", () => {
    const edram = library("isaac_edram", { width: 256, depth: 2048 });
    assertFactor(
      componentArea(edram).value,
      published("componentArea", "isaac", "eDRAM_buf"),
      1.001,
      "eDRAM",
    );
    const bus = library("isaac_edram_bus", { width: 256, n_components: 12 });
    assertFactor(
      componentArea(bus).value,
      published("componentArea", "isaac", "inter_tile_network"),
      1.001,
      "bus",
    );
    const router = library("isaac_router", { width: 256, n_components: 4 });
    assertFactor(
      componentArea(router).value / 4,
      published("componentArea", "isaac", "on_chip_network"),
      1.01,
      "router",
    );
  });

  it("the circuit models give a crossbar of ISAAC's area and a power of its order", () => {
    const spec = exampleSpec("isaac_like");
    const { area, energy } = estimate(spec, { decimalPlaces: null });
    const cells = 8 * 128 * 128;
    assertFactor(
      cells * area.areaUm2.pim_cell,
      published("componentArea", "isaac", "pim_cell") / imas,
      1.001,
      "area",
    );
    const powerMw = (cells * energy.energyPj.pim_cell.read * 1e-12 * 1e3) / 100e-9;
    assertFactor(powerMw, published("componentPower", "isaac", "pim_cell") / imas, 10, "power");
  });

  it("the SRAM model gives a buffer of the area of ISAAC's input register", () => {
    const buffer = { class: "SRAM", attributes: { technology: 32, width: 256, depth: 64 } };
    assertFactor(
      componentArea(buffer).value,
      published("componentArea", "isaac", "input_buffer") / imas,
      4,
      "2 KB",
    );
  });

  it("tiles have areas of the order that the papers give", () => {
    const isaac = tileAreaUm2(exampleSpec("isaac_like"));
    assertFactor(isaac, published("tileArea", "isaac"), 2, "ISAAC");
    assertFactor(isaac, published("tileArea", "isaac_like"), 1.05, "ISAAC as RAELLA compares itself to it");
    assertFactor(tileAreaUm2(exampleSpec("raella")), published("tileArea", "raella"), 1.3, "RAELLA");
  });
});
