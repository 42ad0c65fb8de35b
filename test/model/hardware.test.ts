import assert from "node:assert/strict";
import { describeHardware } from "../../src/model/hardware";
import type { HardwareLevel } from "../../src/model/hardware";
import type { Value } from "../../src/spec/specification";
import { smallSpecification } from "../mapspace/small-specification";

function level(attributes: Record<string, Value>, levelClass = "storage"): HardwareLevel {
  const specification = smallSpecification({}, [{ name: "buffer", class: levelClass, attributes }]);
  return describeHardware(specification).levels[0];
}

describe("the size of a storage level", () => {
  it("is its depth times the words of its width, over the buffering", () => {
    const { blockWords, capacityWords, wordBits } = level({
      width: 64,
      datawidth: 8,
      cluster_size: 2,
      depth: 100,
      multiple_buffering: 3,
    });
    assert.deepEqual([wordBits, blockWords, capacityWords], [8, 4, 133]);
  });

  it("is shared by the instances of a cluster", () => {
    const specification = smallSpecification({}, [{ name: "buffer", class: "storage", attributes: {} }]);
    const clustered = (clusterSize: number, width: number): HardwareLevel => {
      const [buffer, ...others] = specification.levels;
      const attributes = { datawidth: 8, depth: 3, width, cluster_size: clusterSize };
      const sized = { ...buffer, instances: 6, meshX: 6, attributes };
      const inside = others.map((inner) => ({ ...inner, instances: 6, meshX: 6 }));
      return describeHardware({ ...specification, levels: [sized, ...inside] }).levels[0];
    };
    const { blockWords, words, clusters } = clustered(4, 100);
    assert.deepEqual([blockWords, words, clusters], [3, 9, 1]);
    assert.equal(clustered(1, 16).clusters, undefined);
    assert.throws(
      () => clustered(4, 28),
      /width of 28 bits for words of 8 bits in clusters of 4[^]*at least 32/,
    );
    assert.equal(clustered(7, 56).clusters, 1);
  });

  it("is nothing for a level without width or depth", () => {
    for (const nothing of [{ depth: 0 }, { width: 0 }]) {
      const { words, capacityWords } = level({ datawidth: 8, width: 16, depth: 4, ...nothing });
      assert.deepEqual([words, capacityWords], [0, 0]);
    }
  });

  it("may be given as entries or kilobytes instead, words being 16 bits by default", () => {
    assert.equal(level({ entries: 12, depth: 100 }).capacityWords, 12);
    const bySize = level({ depth: null, datawidth: null, width: null, sizeKB: 2 });
    assert.deepEqual([bySize.wordBits, bySize.blockWords, bySize.capacityWords], [16, 1, 1024]);
    assert.equal(level({ width: null, block_size: 4, depth: 10 }).capacityWords, 40);
  });

  it("may be missing for off-chip memory only", () => {
    assert.equal(level({ depth: null }, "DRAM").capacityWords, Infinity);
    assert.throws(() => level({ depth: null }), /storage level buffer has no size/);
  });

  it("is refused where the attributes make no sense", () => {
    assert.throws(
      () => level({ width: 12 }),
      /buffer has a width of 12 bits for words of 8 bits[^]*multiple of 8/,
    );
    assert.throws(
      () => level({ width: 32, block_size: 3 }),
      /block_size 3, but its width of 32 bits holds 4/,
    );
    assert.throws(() => level({ depth: -1 }), /depth of buffer is -1/);
    assert.throws(() => level({ depth: "deep" }), /depth of buffer is "deep"/);
    assert.throws(() => level({ read_bandwidth: 0 }), /read_bandwidth of buffer is 0[^]*above 0/);
  });

  it("comes with bandwidths, the least use, and whether partial sums are combined below", () => {
    const described = level({
      read_bandwidth: 2,
      write_bandwidth: 0.5,
      shared_bandwidth: 3,
      min_utilization: 0.25,
      reduction_supported: false,
    });
    assert.deepEqual(
      [described.readBandwidth, described.writeBandwidth, described.sharedBandwidth],
      [2, 0.5, 3],
    );
    assert.equal(described.minUtilization, 0.25);
    assert.equal(described.reductionSupported, false);
  });
});

describe("the fan-outs of an architecture", () => {
  it("are the ratios of the meshes", () => {
    const { levels, compute } = describeHardware(
      smallSpecification({}, [
        { name: "outer", fan: [4, 2] },
        { name: "inner", fan: [3, 1] },
      ]),
    );
    assert.deepEqual(
      levels.map(({ name, instances, fanX, fanY }) => [name, instances, fanX, fanY]),
      [
        ["inner", 8, 3, 1],
        ["outer", 1, 4, 2],
      ],
    );
    assert.deepEqual(compute, { name: "mac", instances: 24, meshX: 12, meshY: 2 });
  });

  it("must be whole, and end in compute units below storage", () => {
    const { levels, workload } = smallSpecification({}, [{ name: "outer", fan: [4, 1] }, { name: "inner" }]);
    const [outer, inner, compute] = levels;
    const withLevels = (changed: typeof levels): unknown => describeHardware({ levels: changed });
    assert.ok(workload);
    assert.throws(
      () => withLevels([{ ...outer, meshX: 3 }, inner, compute]),
      /inner has meshX 4 inside outer with meshX 3[^]*multiple of 3/,
    );
    assert.throws(() => withLevels([outer, inner]), /no compute level/);
    assert.throws(() => withLevels([compute]), /no storage level/);
    // Networks hold no loops.
    const network = { ...inner, name: "wires", kind: "network" as const };
    assert.equal(describeHardware({ levels: [outer, network, inner, compute] }).levels.length, 2);
  });
});
