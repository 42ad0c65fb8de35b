import { cpSync } from "node:fs";
import { join } from "node:path";
import { estimate } from "../../../src/components/estimate";
import { registerEstimator } from "../../../src/components/registry";
import { loadSpecification } from "../../../src/spec/load-specification";
import { defaultWorkspace, workspaceAt } from "../../../src/spec/workspace";
import { replaced, smallModel, smallProblem } from "../../spec/support/small-model";
import type { BadInput, BadInputs } from "./case";
import { inFolder, withoutFolder } from "./case";

const classes = `
components:
  classes:
    - name: adding_buffer
      attributes: {technology: "must_specify", width: "must_specify", size: 5, depth: 64, share: 1}
      subcomponents:
        - {name: storage, class: SRAM, attributes: {technology: technology, width: width, depth: depth}}
      actions:
        - name: read
          subcomponents:
            - {name: storage, actions: [{name: read, action_share: share}]}
        - name: write
          subcomponents:
            - {name: storage, actions: [{name: write}]}
        - name: update
          subcomponents:
            - {name: storage, actions: [{name: write}]}
`;

const whole =
  replaced(
    smallModel,
    "subclass: smartbuffer_sram\n      attributes:\n",
    "subclass: adding_buffer\n      attributes:\n        technology: 32\n",
  )
    .replace("datawidth: WORD, width: WORD * 4", "datawidth: WORD, width: 64, technology: 32, depth: 1024")
    .replace("class: DRAM", "class: SRAM\n      subclass: adding_buffer")
    .replace("class: compute", "class: compute\n      subclass: free_compute")
    .replace("width: datawidth * 2", "width: 32") +
  smallProblem +
  classes +
  "    - {name: free_compute, attributes: {}, subcomponents: [], actions: [{name: compute, subcomponents: []}]}\n";

/** The model with a part replaced, priced; with further files in the models folder. */
function component(
  name: string,
  part: string,
  by: string,
  more: Readonly<Record<string, string>> = {},
): BadInput {
  return {
    name,
    run: () =>
      inFolder({ "model.yaml": replaced(whole, part, by), ...more }, (folder) => {
        try {
          estimate(loadSpecification({ files: [join(folder, "model.yaml")], greedySteps: [] }));
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      }),
  };
}

/** A component library with one file. */
function library(name: string, text: string): BadInput {
  return {
    name,
    run: () =>
      inFolder({ "models/component_library/mine.csv": text }, (folder) => {
        cpSync(join(defaultWorkspace().modelsDirectory, "sram"), join(folder, "models", "sram"), {
          recursive: true,
        });
        const model = whole.replace("class: SRAM, attributes: {", "class: own_memory, attributes: {");
        return inFolder({ "model.yaml": model }, (given) => {
          try {
            estimate(loadSpecification({ files: [join(given, "model.yaml")], greedySteps: [] }), {
              workspace: workspaceAt(folder),
            });
          } catch (error) {
            throw withoutFolder(withoutFolder(error, folder), given);
          }
        });
      }),
  };
}

/** RAELLA's cell replaced by a description in a file. */
function cell(name: string, text: string, extension = "cell"): BadInput {
  const { modelsDirectory, layersDirectory } = defaultWorkspace();
  return {
    name,
    run: () =>
      inFolder({ [`my.${extension}`]: text }, (folder) => {
        try {
          const files = [
            ...["raella/arch.yaml", "raella/variables.yaml", "common_components/*.yaml", "mapper.yaml"].map(
              (file) => join(modelsDirectory, file),
            ),
            join(layersDirectory, "resnet18/010.yaml"),
          ];
          estimate(
            loadSpecification({
              files,
              variables: { CELL_CONFIG: `'${join(folder, `my.${extension}`)}'` },
              nTiles: 16,
              batchSize: 1,
            }),
          );
        } catch (error) {
          throw withoutFolder(error, folder);
        }
      }),
  };
}

const goodCell =
  "-CellArea (F^2): 4\n-CellAspectRatio: 1\n-ResistanceOn (ohm): 2000\n-ResistanceOff (ohm): 20000\n";

export const components: BadInputs = {
  kind: "components",
  inputs: [
    component("an unknown class", "subclass: adding_buffer", "subclass: adding_bufer"),
    component("a class far from all others", "subclass: free_compute", "subclass: quantum"),
    component("a class called constructor", "subclass: free_compute", "subclass: constructor"),
    component("an unknown primitive", "class: SRAM, attributes: {t", "class: SRRAM, attributes: {t"),
    component("a missing attribute", "size: 5", 'size: "must_specify"'),
    component("a misspelt attribute of a level", "size: 5", 'technologie: "must_specify"'),
    component("an attribute of the wrong type", "depth: depth}}", "depth: 'deep'}}"),
    component("an attribute out of range", "depth: depth}}", "depth: -1}}"),
    component("an unknown attribute in an expression of a class", "depth: depth}}", "depth: dept}}"),
    component("an attribute of a class with a mistake", "share: 1}", "share: 1 +}"),
    component("an attribute that divides by zero", "share: 1}", "share: 1 / 0}"),
    component(
      "an unknown part",
      "- {name: storage, actions: [{name: read, a",
      "- {name: storge, actions: [{name: read, a",
    ),
    component("an unknown action of a part", "actions: [{name: write}]", "actions: [{name: wrte}]"),
    component("a share that is a text", "action_share: share", "action_share: \"'all'\""),
    component(
      "a share of an action in two spellings",
      "{name: read, action_share: share}",
      "{name: read, action_share: share, repeat: 2}",
    ),
    component("a negative share", "action_share: share", "action_share: -1"),
    component(
      "an action that a class does not define",
      "        - name: update\n",
      "        - name: updating\n",
    ),
    component(
      "a class that contains itself",
      "class: SRAM, attributes: {t",
      "class: adding_buffer, attributes: {t",
    ),
    component(
      "a misspelt key of a class",
      "      subcomponents:\n        - {name: storage, c",
      "      subcomponent:\n        - {name: storage, c",
    ),
    component(
      "a correction of an attribute that a class does not have",
      "share: 1}",
      "share: 1}\n      corrected_attributes: {sahre: 2}",
    ),
    component("a class without a name", "    - name: adding_buffer\n      attributes", "    - attributes"),
    component(
      "parts as a text",
      "      subcomponents:\n        - {name: storage, class: SRAM, attributes: {technology: technology, width: width, depth: depth}}",
      "      subcomponents: storage",
    ),
    component("classes as a map", "  classes:\n", "  classes: {a: 1}\n  x_ignore:\n"),
    component("two classes of one name", "{name: free_compute", "{name: adding_buffer"),
    library("a library without figures", "name,actions,source\nown_memory,read|write|update,measured\n"),
    library(
      "a library with a negative energy",
      "name,actions,energy_pj,area_um2\nown_memory,read|write|update,-5,10\n",
    ),
    library(
      "a library with a text as area",
      "name,actions,energy_pj,area_um2\nown_memory,read|write|update,5,large\n",
    ),
    library("a library with a line that is too short", "name,actions,energy_pj,area_um2\nown_memory,read\n"),
    library(
      "a library without the class",
      "name,actions,energy_pj,area_um2\nown_memories,read|write|update,5,10\n",
    ),
    library("a library without the action", "name,actions,energy_pj,area_um2\nown_memory,read,5,10\n"),
    library("an empty library", ""),
    library(
      "two lines of a library with other energies",
      "name,actions,technology,energy_pj,area_um2\nown_memory,read|write|update,32,5,10\n# mine\nown_memory,leak|READ,32,6,10\n",
    ),
    library(
      "two lines of a library with other areas",
      "name,actions,technology,energy_pj,area_um2\nown_memory,read,32,5,10\nOwn_Memory,write|update,32,5,12\n",
    ),
    library(
      "two columns of one name in a library",
      "name,actions,energy_pj,area_um2,energy_pj\nown_memory,read|write|update,5,10,50\n",
    ),
    library(
      "two columns of one meaning in a library",
      "name,actions,energy_pj,energy,area_um2\nown_memory,read|write|update,5,6,10\n",
    ),
    cell("an empty cell file", ""),
    cell("a cell of an SRAM", "-MemCellType: SRAM\n"),
    cell("a cell without its resistance", "-CellArea (F^2): 4\n-CellAspectRatio: 1\n"),
    cell("a cell with a text as a number", goodCell.replace("2000\n", "low\n")),
    cell("a cell of negative area", goodCell.replace(": 4", ": -4")),
    cell("a cell with two voltages", `${goodCell}-ReadVoltage (V): 0.2\n-ReadVoltage (V): 0.4\n`),
    cell("an unknown entry in a cell file", "access: crosspoint\narea: 4\n", "yaml"),
    cell("a cell without access", "area_f2: 4\n", "yaml"),
    cell("a cell file with a list", "- 1\n", "yaml"),
    cell("a cell entry that is a list", "access: crosspoint\narea_f2: [4]\n", "yaml"),
    {
      name: "an estimator of impossible accuracy",
      run: () =>
        registerEstimator({
          name: "oracle",
          classNames: ["x"],
          accuracyPercent: 101,
          estimateArea: () => 1,
          estimateEnergy: () => 1,
        } as never),
    },
  ],
};
