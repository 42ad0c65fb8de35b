import assert from "node:assert/strict";
import fc from "fast-check";
import { createPriorityQueue } from "../../../src/search/full/best-first";
import { createDivisorLattice, fitsMeshSomehow, largestProduct } from "../../../src/search/full/factor-steps";
import { createPointTable } from "../../../src/search/full/stage-work";

describe("parts of the full search", () => {
  it("a priority queue gives out its items in order", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000)), (numbers) => {
        const queue = createPriorityQueue<number>((left, right) => left < right);
        for (const number of numbers) queue.push(number);
        assert.equal(queue.size, numbers.length);
        const sorted = [...numbers].sort((left, right) => left - right);
        assert.equal(queue.peek(), sorted[0]);
        assert.deepEqual(
          numbers.map(() => queue.pop()),
          sorted,
        );
        assert.equal(queue.pop(), undefined);
      }),
    );
  });

  it("a point table remembers the last value of every key", () => {
    const key = fc.oneof(fc.nat(50), fc.nat(), fc.maxSafeNat());
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.nat())), fc.array(key), (entries, others) => {
        const table = createPointTable();
        const map = new Map<number, number>();
        for (const [point, value] of entries) {
          table.set(point, value);
          map.set(point, value);
        }
        for (const point of [...map.keys(), ...others]) assert.equal(table.get(point), map.get(point) ?? -1);
      }),
    );
  });

  it("a divisor lattice leads from what is left to what is left after every factor", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }), (first, second) => {
        const { divisors, strides, size, steps } = createDivisorLattice([first, second]);
        assert.equal(size, divisors[0].length * divisors[1].length);
        assert.deepEqual(strides, [1, divisors[0].length]);
        divisors[0].forEach((left, digit) => {
          const { factors, drops } = steps[0][digit];
          assert.deepEqual(
            [...factors],
            divisors[0].filter((divisor) => left % divisor === 0),
          );
          factors.forEach((factor, index) => assert.equal(divisors[0][digit - drops[index]] * factor, left));
        });
      }),
    );
  });

  it("the largest product on a mesh is that of the best way to lay numbers along its axes", () => {
    const list = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 });
    const room = fc.integer({ min: 1, max: 40 });
    fc.assert(
      fc.property(fc.array(list, { maxLength: 4 }), room, room, (lists, roomX, roomY) => {
        let largest = 0;
        const visit = (chosen: readonly number[]): void => {
          if (chosen.length < lists.length)
            for (const number of lists[chosen.length]) visit([...chosen, number]);
          else if (fitsMeshSomehow(chosen, roomX, roomY))
            largest = Math.max(
              largest,
              chosen.reduce((product, number) => product * number, 1),
            );
        };
        visit([]);
        assert.equal(largestProduct(lists, roomX, roomY), largest);
      }),
    );
  });
});
