import assert from "node:assert/strict";
import { layerMappingChart } from "../../src/report/charts/study-charts";
import { flatForm } from "../../src/report/flat-form";
import { formatLayerText } from "../../src/report/layer-text";
import { formatMappingYaml } from "../../src/report/mapping-text";
import { formatSpecificationText } from "../../src/report/specification-text";
import { componentColumns, layerWideColumns } from "../../src/report/tidy-columns";
import { readMappingFile } from "../../src/spec/read-mapping-file";
import { mappingFromEntries } from "../../src/study/given-mapping";
import { runLayer, mapLayer } from "../../src/study/run-layer";
import { smallSpecification, withFiles } from "../spec/support/small-model";
import { textsOf } from "../support/chart-checks";

/** Only the memory has a price, only the buffer an area. */
const actions = "[{name: read, energy: 1}, {name: write, energy: 1}, {name: update, energy: 1}]";
const free = "[{name: read, energy: 0}, {name: write, energy: 0}, {name: update, energy: 0}]";
const tables = `
ERT:
  tables:
    - {name: memory, actions: ${actions}}
    - {name: buffer, actions: ${free}}
    - {name: mac, actions: [{name: compute, energy: 0}]}
ART: {tables: [{name: buffer, area: 5}]}
`;

describe("a model of one's own", () => {
  const specification = smallSpecification(undefined, undefined, {}, tables);

  it("has a picture titled with what is known of it", async () => {
    const texts = await textsOf(layerMappingChart(mapLayer(specification)));
    assert.ok(
      texts.some((text) => /^Mapping of product on raella-test-/.test(text)),
      texts[0],
    );
  });

  it("keeps the axes of loops in space when a mapping is written and read", () => {
    const { mapping } = mapLayer(specification);
    const fanOut = mapping.levels.find(({ level }) => level === "inter_pe_spatial_dummy");
    assert.deepEqual(
      fanOut?.spatial.map(({ dimension, axis }) => `${dimension} ${axis}`),
      ["M Y"],
    );
    const text = formatMappingYaml(specification, mapping);
    const again = withFiles({ "mapping.yaml": text }, (folder) =>
      mappingFromEntries(specification, readMappingFile(`${folder}/mapping.yaml`).entries),
    );
    assert.deepEqual(again, mapping);
  });

  it("shows attributes and directives of every level as they are", () => {
    const shared = smallSpecification(
      "datawidth: WORD, width: WORD * 4}",
      "datawidth: WORD, width: WORD * 4, sizes: [1, 2]}",
    );
    const text = formatSpecificationText(shared);
    assert.match(text, /^memory\[1\.\.1\] {2}DRAM\n {2}datawidth 8, width 32, sizes \[1,2\],/m);
    assert.match(text, /^ {2}in space {2}no loops fixed above 1; order KMN; split 1$/m);
    assert.equal(flatForm(shared).layer, null);
  });

  it("has rows for levels that cost energy alone or area alone, and for networks", () => {
    const fanOut = "    - !Container\n      name: pe\n";
    const network = `    - !Element {name: wires, class: XY_NoC}\n${fanOut}`;
    const result = runLayer(smallSpecification(fanOut, network, {}, tables));
    const { component, energyPj, areaUm2, instances } = componentColumns(result, []);
    assert.deepEqual(
      component.map((name, index) => [name, energyPj[index], areaUm2[index], instances[index]]),
      [
        ["memory", result.energyPj.total, 0, 1],
        ["wires", 0, 0, 1],
        ["inter_pe_spatial_dummy", 0, 0, 1],
        ["buffer", 0, 40, 8],
        ["mac", 0, 0, 8],
      ],
    );
    const wide = layerWideColumns(result, []);
    assert.deepEqual(wide["memory (pJ)"], [result.energyPj.total]);
    assert.deepEqual(wide["buffer (pJ)"], [0]);
    assert.doesNotMatch(formatLayerText(result, []), /^wires/m);
  });
});
