import { join } from "node:path";
import type { FileReader } from "../../spec/file-memo";
import { readCsv } from "../../spec/read-csv";
import { sramGrid, type SramGrid } from "./sram-grid";
import { sramTechnologiesNm, twoPortTechnologyNm, type SramGrids } from "./sram-memory";

/** The characterization tables of a folder, each read when it is first needed. */
export function loadSramGrids(directory: string, reader: FileReader): SramGrids {
  const grids = new Map<string, SramGrid>();
  return (technologyNm, ports) => {
    const isTabulated =
      ports === 1
        ? (sramTechnologiesNm as readonly number[]).includes(technologyNm)
        : ports === 2 && technologyNm === twoPortTechnologyNm;
    if (!isTabulated) return undefined;
    const name = `sram_${technologyNm}nm${ports === 1 ? "" : `_${ports}_ports`}.csv`;
    let grid = grids.get(name);
    if (!grid) {
      const file = join(directory, name);
      grid = sramGrid(readCsv(file, reader), file);
      grids.set(name, grid);
    }
    return grid;
  };
}
