import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { estimate } from "../../src/components/estimate";
import { componentArea, componentEnergy, componentModels } from "../../src/components/estimate-component";
import { explainEnergy } from "../../src/components/explain";
import { leakagePower } from "../../src/components/leakage";
import { registerComponentLibrary, registerEstimator } from "../../src/components/registry";
import { RaellaError } from "../../src/errors";
import type { ComponentClass } from "../../src/spec/specification";
import { runLayer } from "../../src/study/run-layer";
import { exampleSpec, specOfLevel } from "./support";

const expression = (text: string): { expression: string } => ({ expression: text });

/** A converter model as a user would write it in a notebook. */
const definition = {
  name: "my converters",
  classNames: ["isaac_adc"],
  accuracyPercent: 99,
  parameters: {
    resolution: { kind: "integer", unit: "bit", description: "resolution", minimum: 1, maximum: 16 },
    technology: { kind: "node", unit: "nm", description: "technology", default: 32 },
  },
  actions: ["convert", "read", "idle"],
  source: "measured in the lab",
  areaUm2: ({ resolution }: { resolution: number }) => 100 * resolution,
  energyPj: (action: string, { resolution }: { resolution: number }) =>
    action === "idle" ? 0 : resolution / 10,
} as const;

/** Runs with something registered and takes it away again. */
function withRegistration<Result>(register: () => () => void, action: () => Result): Result {
  const remove = register();
  try {
    return action();
  } finally {
    remove();
  }
}

const converter = { class: "isaac_adc", attributes: { technology: 32, resolution: 7 } };

describe("registered estimators", () => {
  it("answer where they claim a higher accuracy, and no longer once removed", () => {
    const before = estimate(exampleSpec()).energy.energyPj.column_readout.read;
    withRegistration(
      () => registerEstimator(definition),
      () => {
        assert.equal(componentEnergy(converter, "convert").value, 0.7);
        assert.equal(componentArea(converter).source, "measured in the lab");
        const explained = explainEnergy(exampleSpec(), "column_readout", "read");
        assert.equal(explained.parts.at(-1)?.estimator?.name, "my converters");
        assert.notEqual(estimate(exampleSpec()).energy.energyPj.column_readout.read, before);
      },
    );
    assert.equal(componentEnergy(converter, "convert").value, 1.42);
    assert.equal(estimate(exampleSpec()).energy.energyPj.column_readout.read, before);
  });

  it("come after those that were registered before with the same claim", () => {
    withRegistration(
      () => registerEstimator({ ...definition, accuracyPercent: 90 }),
      () => assert.equal(componentEnergy(converter, "convert").estimator, "component library"),
    );
  });

  it("leave to others what they refuse", () => {
    withRegistration(
      () =>
        registerEstimator({
          ...definition,
          energyPj: () => {
            throw new RaellaError({ code: "out-of-range", message: "Not measured." });
          },
        }),
      () => {
        assert.equal(componentEnergy(converter, "convert").estimator, "component library");
        assert.equal(componentArea(converter).estimator, "my converters");
      },
    );
  });

  it("are reported when they fail or give no usable number and nobody else answers", () => {
    const only = { ...definition, classNames: ["my_thing"] };
    const thing = { class: "my_thing", attributes: { resolution: 4 } };
    withRegistration(
      () => registerEstimator({ ...only, areaUm2: () => Number.NaN }),
      () => assert.throws(() => componentArea(thing), /"my converters" gave NaN for my_thing/),
    );
    withRegistration(
      () =>
        registerEstimator({
          ...only,
          areaUm2: () => {
            throw new TypeError("oops");
          },
        }),
      () => assert.throws(() => componentArea(thing), /"my converters" failed on my_thing: oops/),
    );
  });

  it("are all named when none of them can answer", () => {
    const refusing = (name: string, problem: unknown) => ({
      ...definition,
      ...{ name, classNames: ["my_thing"] },
      areaUm2: () => {
        throw problem;
      },
    });
    const thing = { class: "my_thing", attributes: { resolution: 4 } };
    withRegistration(
      () => registerEstimator(refusing("first", "no luck")),
      () =>
        withRegistration(
          () =>
            registerEstimator(
              refusing("second", new RaellaError({ code: "component", message: "Too big." })),
            ),
          () => {
            assert.throws(
              () => componentArea(thing),
              /No estimator could answer for my_thing\.[^]*first: .* failed on my_thing: no luck[^]*second: Too big\./,
            );
            // What has no area leaks nothing.
            const { resolution } = thing.attributes;
            assert.deepEqual(leakagePower(specOfLevel("my_thing", { resolution })), { part: 0 });
          },
        ),
    );
  });

  it("that fail, or give no figure, are named instead of being passed over", () => {
    const router = { architecture: "raella", dnn: "resnet18", layer: 10 } as const;
    const cases: readonly (readonly [string, (name?: unknown) => unknown, RegExp])[] = [
      [
        "throws",
        () => {
          throw new Error("no luck");
        },
        /estimator "throws" failed on isaac_router: no luck/,
      ],
      ["not a number", () => NaN, /estimator "not a number" gave NaN/],
      ["negative", () => -1, /estimator "negative" gave -1/],
      ["endless", () => Infinity, /estimator "endless" gave Infinity/],
      ["late", () => Promise.resolve(5), /estimator "late" gave a promise/],
      ["silent", () => undefined, /estimator "silent" gave nothing/],
      ["text", () => "5", /estimator "text" gave "5"/],
      ["late inside", () => ({ value: Promise.resolve(5), source: "" }), /"late inside" gave a promise/],
    ];
    for (const [name, answer, message] of cases)
      for (const part of ["areaUm2", "energyPj"] as const)
        withRegistration(
          () =>
            registerEstimator({
              ...{ name, classNames: ["isaac_router"], accuracyPercent: 99, parameters: {} },
              actions: ["read", "write", "update"],
              areaUm2: () => 1,
              energyPj: () => 1,
              [part]: answer,
            }),
          () => assert.throws(() => runLayer(router), { code: "component", message }),
        );
  });

  it("that refuse a component let another one answer, and that is said", () => {
    withRegistration(
      () =>
        registerEstimator({
          ...{ name: "picky", classNames: ["isaac_router"], accuracyPercent: 99 },
          parameters: { colour: { kind: "number", description: "which nobody gives" } },
          actions: ["read", "write", "update"],
          areaUm2: () => 1,
          energyPj: () => 1,
        }),
      () => {
        const { warnings } = runLayer({ architecture: "raella", dnn: "resnet18", layer: 10 });
        assert.ok(
          warnings.some(({ message }) => /registered estimator "picky" refuses .*"colour"/.test(message)),
          JSON.stringify(warnings),
        );
      },
    );
  });

  it("are refused without a class or with an impossible claim", () => {
    assert.throws(() => registerEstimator({ ...definition, classNames: [] }), /cannot be registered/);
    assert.throws(() => registerEstimator({ ...definition, accuracyPercent: 101 }), /from 0 to 100/);
  });

  it("are listed with their parameters", () => {
    withRegistration(
      () => registerEstimator(definition),
      () => {
        const models = componentModels().filter(({ className }) => className === "isaac_adc");
        assert.deepEqual(
          models.map(({ estimator }) => estimator),
          ["my converters", "component library"],
        );
        assert.equal(models[0].parameters.resolution.unit, "bit");
      },
    );
  });
});

describe("a user's component library", () => {
  let directory = "";
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "raella-library-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("is read from a folder and preferred", () => {
    writeFileSync(
      join(directory, "mine.csv"),
      [
        "# measured",
        "name,action,technology,width|datawidth,energy_pj,area_um2,source",
        'my_fifo,read|write,32nm,64,0.5,200,"lab, 2024"',
        "isaac_adc,convert|read,32,,1.1,900,own converter",
      ].join("\n"),
    );
    withRegistration(
      () => registerComponentLibrary(directory),
      () => {
        const fifo = { class: "my_fifo", attributes: { technology: 32, width: 128 } };
        assert.equal(componentEnergy(fifo, "write").value, 1);
        assert.equal(componentEnergy(fifo, "write").source, "lab, 2024");
        assert.equal(componentEnergy(converter, "convert").value, 1.1);
      },
    );
    assert.throws(() => componentEnergy({ class: "my_fifo", attributes: {} }, "write"), /my_fifo/);
  });

  it("may repeat a figure with fewer digits, but not give another one", () => {
    const energyOf = (...energies: readonly string[]): number => {
      const lines = energies.map((energy) => `my_fifo,read,32,${energy},1200`);
      writeFileSync(
        join(directory, "mine.csv"),
        ["name,action,technology,energy_pj,area_um2", ...lines].join("\n"),
      );
      return withRegistration(
        () => registerComponentLibrary(directory),
        () => componentEnergy({ class: "my_fifo", attributes: { technology: 32 } }, "read").value,
      );
    };
    assert.equal(energyOf("1.666666667", "1.67"), 1.666666667);
    assert.equal(energyOf("1.67", "1.666666667"), 1.67);
    for (const other of ["1.66", "1.7", "2"])
      assert.throws(
        () => energyOf("1.666666667", other),
        /mine\.csv:3: This line gives other figures of my_fifo/,
      );
  });

  it("has one column of each meaning", () => {
    writeFileSync(join(directory, "mine.csv"), "name,action,energy_pj,energy,area_um2\nmy_fifo,read,1,2,3\n");
    assert.throws(
      () =>
        withRegistration(
          () => registerComponentLibrary(directory),
          () => componentEnergy({ class: "my_fifo", attributes: {} }, "read"),
        ),
      /mine\.csv: The columns energy_pj and energy say the same/,
    );
  });

  it("says what is wrong with a file", () => {
    writeFileSync(join(directory, "mine.csv"), "name,action,energy_pj,area_um2\nmy_fifo,read,half,1\n");
    withRegistration(
      () => registerComponentLibrary(directory),
      () => assert.throws(() => componentArea(converter), /mine\.csv[\s\S]*my_fifo has no usable energy_pj/),
    );
    writeFileSync(join(directory, "mine.csv"), "name,action,energy_pj,area_um2\nmy_fifo,read,1\n");
    withRegistration(
      () => registerComponentLibrary(directory),
      () => assert.throws(() => componentArea(converter), /mine\.csv:2[\s\S]*3 cells where the header has 4/),
    );
  });

  it("must hold at least one file", () => {
    withRegistration(
      () => registerComponentLibrary(directory),
      () => assert.throws(() => componentArea(converter), /holds no component library/),
    );
  });
});

describe("compound components", () => {
  const adder = (name: string, bits: string) => ({
    name,
    class: "intadder",
    attributes: { technology: 32, n_bits: expression(bits) },
  });
  const tree: ComponentClass = {
    name: "adder_tree",
    attributes: { inputs: "must_specify", bits: 8, levels: expression("ceil(log2(inputs))") },
    subcomponents: [{ ...adder("adders[1..inputs - 1]", "bits"), areaShare: expression("1 / 2") }],
    actions: [
      {
        name: "add",
        subcomponents: [
          { name: "adders[1..levels]", actions: [{ name: "add", actionShare: 1 }] },
          { name: "adders[1]", actions: [{ name: "add", actionShare: expression("0.25") }] },
        ],
      },
      { name: "idle", subcomponents: [] },
    ],
  };
  const priced = (attributes: Record<string, number>, classes: readonly ComponentClass[] = [tree]) =>
    estimate(specOfLevel("adder_tree", attributes, { componentClasses: classes }), { decimalPlaces: null });
  const oneAdder = { class: "intadder", attributes: { technology: 32, n_bits: 8 } };

  it("count ranges, single indices and shares", () => {
    const { area, energy } = priced({ inputs: 16 });
    const addition = componentEnergy(oneAdder, "add").value;
    assert.ok(Math.abs(area.areaUm2.part - (15 / 2) * componentArea(oneAdder).value) < 1e-9);
    assert.ok(Math.abs(energy.energyPj.part.add - 4.25 * addition) < 1e-12);
    assert.equal(energy.energyPj.part.idle, 0);
  });

  it("are priced anew when a class they contain changes", () => {
    const wrapped = { ...tree, subcomponents: [{ ...tree.subcomponents[0], class: "my_adder" }] };
    const inner = (bits: number): ComponentClass => ({
      name: "my_adder",
      attributes: {},
      subcomponents: [adder("core", String(bits))],
      actions: [
        { name: "add", subcomponents: [{ name: "core", actions: [{ name: "add", actionShare: 1 }] }] },
      ],
    });
    const energyWith = (bits: number): number =>
      priced({ inputs: 4 }, [wrapped, inner(bits)]).energy.energyPj.part.add;
    assert.ok(energyWith(16) > 1.5 * energyWith(8));
  });

  const refused = (action: () => unknown, expected: RegExp): void => assert.throws(action, expected);

  it("name what they lack and what may have been meant", () => {
    refused(() => priced({}), /Level "part".*adder_tree lacks the attribute "inputs"/);
    refused(() => priced({ input: 4 }), /"input" is given: did you mean "inputs"/);
  });

  it("refuse unknown classes, parts and actions", () => {
    const withPart = (className: string): ComponentClass => ({
      ...tree,
      subcomponents: [{ ...tree.subcomponents[0], class: className }],
    });
    refused(() => priced({ inputs: 4 }, [withPart("intader")]), /"intader"[\s\S]*Did you mean "intadder"/);
    const withAction = (name: string, action: string): ComponentClass => ({
      ...tree,
      actions: [{ name: "add", subcomponents: [{ name, actions: [{ name: action, actionShare: 1 }] }] }],
    });
    refused(() => priced({ inputs: 4 }, [withAction("adder", "add")]), /"adder", which is none of its parts/);
    refused(() => priced({ inputs: 4 }, [withAction("adders", "adds")]), /no action "adds"[\s\S]*"add"/);
    refused(() => priced({ inputs: 4 }, [withAction("adders[0..9]", "add")]), /adders\[0\.\.9\]/);
    refused(() => priced({ inputs: 1 }), /\[1\.\.0\]/);
    const spec = specOfLevel("adder_tree", { inputs: 4 }, { componentClasses: [tree] });
    const demanding = { ...spec, levels: [{ ...spec.levels[0], requiredActions: ["read"] }] };
    refused(() => estimate(demanding), /does not define the action "read"[\s\S]*one of add, idle/);
  });

  it("warn about actions that a nested class does not define and about misspelt attributes", () => {
    const inner: ComponentClass = { name: "my_adder", attributes: {}, subcomponents: [], actions: [] };
    const outer = { ...tree, subcomponents: [{ ...tree.subcomponents[0], class: "my_adder" }] };
    const { warnings } = priced({ inputs: 4 }, [outer, inner]);
    assert.match(warnings?.[0].message ?? "", /my_adder does not define the action "add"/);
    const cell: ComponentClass = {
      name: "buffer",
      attributes: {},
      subcomponents: [{ name: "ram", class: "SRAM", attributes: { technology: 32, n_rwdr_ports: 2 } }],
      actions: [],
    };
    const found = estimate(specOfLevel("buffer", {}, { componentClasses: [cell] }));
    assert.match(found.warnings?.[0].message ?? "", /"n_rwdr_ports"\. Did you mean "n_rdwr_ports"/);
    const beside = estimate(specOfLevel("SRAM", { technology: 32, width: 64, depth: 512, widt: 3 }));
    assert.deepEqual(
      beside.warnings?.map(({ message }) => /"widt"\. Did you mean "width"/.test(message)),
      [true],
      "also beside the right name",
    );
  });

  it("do not end when a class contains itself", () => {
    const endless = { ...tree, subcomponents: [{ ...tree.subcomponents[0], class: "adder_tree" }] };
    const spec = specOfLevel("adder_tree", { inputs: 4 }, { componentClasses: [endless] });
    refused(() => estimate(spec), /contains itself|lacks the attribute/);
  });
});

describe("levels of primitive classes", () => {
  it("list the actions of their class and those required", () => {
    const spec = specOfLevel("SRAM", { technology: 32, width: 64, depth: 512 });
    assert.deepEqual(Object.keys(estimate(spec).energy.energyPj.part), ["read", "write", "idle"]);
  });

  it("cost nothing where they only stand for a place", () => {
    const spec = specOfLevel("dummy_storage", { technology: -1 });
    assert.equal(estimate(spec).area.areaUm2.part, 0);
  });

  it("name the class that nobody knows", () => {
    assert.throws(
      () => estimate(specOfLevel("isaac_rooter", {})),
      /Level "part"[\s\S]*Did you mean "isaac_router"/,
    );
  });

  it("say which values are accepted", () => {
    const tooMany = specOfLevel("SRAM", { technology: 32, n_banks: 1.5 });
    assert.throws(
      () => estimate(tooMany),
      /"n_banks" of a component of class SRAM cannot be 1\.5[\s\S]*an integer of 1 or more/,
    );
  });
});
