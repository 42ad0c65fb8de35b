import assert from "node:assert/strict";
import type { Room } from "../../src/mapspace/room";
import { fitsInto, holdsRoom, RoomNotes, roomTowards } from "../../src/mapspace/room";

const level = (changes: Partial<Room> = {}): Room => ({
  ...{ fanX: 8, fanY: 1, capacityWords: 100, minUtilization: 0 },
  ...changes,
});

/** A visit to one level with room for 8 children and 100 words, whose mappings have 2 or 4 children and 50 or 60 words. */
function visited(levels: readonly Room[] = [level()], checksAxes = false): RoomNotes {
  const notes = new RoomNotes(levels, [{ level: 0, checksAxes }], [0]);
  for (const children of [2, 4]) notes.fittingChildren(0, children);
  const room = { capacityWords: levels[0].capacityWords, minimumWords: 0 };
  assert.deepEqual(
    [50, 60].map((words) => notes.fits(0, room, words)),
    [true, true],
  );
  return notes;
}

describe("room that the same mappings fit", () => {
  it("is what they need and more, also without a limit, where none was refused", () => {
    const range = visited().range();
    for (const room of [level(), level({ fanX: 4 }), level({ capacityWords: 60 }), level({ fanX: 1000 })])
      assert.ok(holdsRoom(range, [room]));
    assert.ok(holdsRoom(range, [level({ capacityWords: Infinity })]));
    for (const room of [level({ fanX: 3 }), level({ capacityWords: 59 })])
      assert.ok(!holdsRoom(range, [room]));
  });

  it("is less than what any needs that was refused", () => {
    const notes = visited();
    notes.exceedingChildren(0, 16);
    assert.ok(!notes.fits(0, { capacityWords: 100, minimumWords: 0 }, 120));
    notes.exceedingWords(0, 140);
    const range = notes.range();
    assert.ok(holdsRoom(range, [level({ fanX: 15, capacityWords: 119 })]));
    for (const room of [level({ fanX: 16 }), level({ capacityWords: 120 }), level({ fanY: 2 })])
      assert.ok(!holdsRoom(range, [room]));
  });

  it("is as it was of levels that must be filled, and of meshes whose axes refused some", () => {
    const filled = visited([level({ minUtilization: 0.5 })]).range();
    assert.ok(!holdsRoom(filled, [level({ capacityWords: 101 })]));
    const notes = visited([level({ fanY: 2 })], true);
    notes.exceedingAxes();
    assert.ok(holdsRoom(notes.range(), [level({ fanY: 2 })]));
    for (const room of [level({ fanX: 9, fanY: 2 }), level({ fanX: 7, fanY: 2 }), level({ fanY: 3 })])
      assert.ok(!holdsRoom(notes.range(), [room]));
  });

  it("moves towards other room as far as that changes nothing", () => {
    const notes = visited();
    notes.exceedingChildren(0, 16);
    const range = notes.range();
    assert.deepEqual(roomTowards(range, [level()], [level({ fanX: 32, capacityWords: Infinity })]), [
      level({ capacityWords: Infinity }),
    ]);
    assert.deepEqual(roomTowards(range, [level()], [level({ fanX: 5 })]), [level({ fanX: 5 })]);
    assert.equal(roomTowards(range, [level()], [level({ fanX: 3 })]), null);
  });

  it("fits into more room, but not into more that must be filled", () => {
    assert.ok(fitsInto([level()], [level({ fanX: 9, capacityWords: 101 })]));
    assert.ok(!fitsInto([level()], [level({ fanX: 7 })]));
    const half = { minUtilization: 0.5 };
    assert.ok(!fitsInto([level(half)], [level({ ...half, capacityWords: 101 })]));
  });
});
