import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import { componentArea, componentEnergy } from "../../src/components/estimate-component";
import type { Specification } from "../../src/spec/specification";
import { exampleSpec, goldenCsv } from "./support";

/** A published figure in um^2 or mW. */
function published(name: string): number {
  const row = goldenCsv("published-areas.csv").find(({ figure }) => figure === name);
  assert.ok(row, name);
  return row.unit === "mm2" ? Number(row.value) * 1e6 : Number(row.value);
}

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
    assertFactor(componentArea(adc).value, published("isaac_adcs_area"), 1.001, "area");
    const powerMw = componentEnergy(adc, "convert").value * 1e-12 * 8 * 1.2e9 * 1e3;
    assertFactor(powerMw, published("isaac_adcs_power"), 1.001, "power");
  });

  it("ISAAC's memories and networks have the published areas", () => {
    const edram = library("isaac_edram", { width: 256, depth: 2048 });
    assertFactor(componentArea(edram).value, published("isaac_edram_area"), 1.001, "eDRAM");
    const bus = library("isaac_edram_bus", { width: 256, n_components: 12 });
    assertFactor(componentArea(bus).value, published("isaac_edram_bus_area"), 1.001, "bus");
    const router = library("isaac_router", { width: 256, n_components: 4 });
    assertFactor(componentArea(router).value, published("isaac_router_area"), 1.01, "router");
  });

  it("the circuit models give a crossbar of ISAAC's area and a power of its order", () => {
    const spec = exampleSpec("isaac_like");
    const { area, energy } = estimate(spec, { decimalPlaces: null });
    const cells = 8 * 128 * 128;
    assertFactor(cells * area.areaUm2.pim_cell, published("isaac_crossbars_area"), 1.001, "area");
    const powerMw = (cells * energy.energyPj.pim_cell.read * 1e-12 * 1e3) / 100e-9;
    assertFactor(powerMw, published("isaac_crossbars_power"), 10, "power");
  });

  it("the SRAM model gives a buffer of the area of ISAAC's input register", () => {
    const buffer = { class: "SRAM", attributes: { technology: 32, width: 256, depth: 64 } };
    assertFactor(componentArea(buffer).value, published("isaac_input_register_area"), 4, "2 KB");
  });

  it("tiles have areas of the order that the papers give", () => {
    const isaac = tileAreaUm2(exampleSpec("isaac_like"));
    assertFactor(isaac, published("isaac_tile_area"), 2, "ISAAC");
    assertFactor(
      isaac,
      published("isaac_tile_area_in_raella"),
      1.05,
      "ISAAC as RAELLA compares itself to it",
    );
    assertFactor(tileAreaUm2(exampleSpec("raella")), published("raella_tile_area"), 1.3, "RAELLA");
  });
});
