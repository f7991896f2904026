//===- HopperAttentionPacked.cpp - Sequences one behind the other ---------===//
// Tiles of packed sequences, found from cu_seqlens by each block before it
// begins. Sequences with more keys come first: their tiles take longer.
//===----------------------------------------------------------------------===//
#include "HopperAttention.h"
#include "HopperKernel.h"
#include "HopperScalars.h"
#include "HopperSequences.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// The word at `index` of one of four tables: tiles and keys of sequences, and
/// in the order they are computed in, tiles before and their numbers.
Value HopperAttention::sequenceWord(int64_t table, Value index) {
  int64_t entries = *shape.sequences + 1;
  return b.loadWord(b.add(at(shape.sequenceOffset() + table * 4 * entries +
                             (table > 2 ? 4 : 0)),
                          b.mul(index, 4)));
}

HopperAttention::Bounds
HopperAttention::boundsOf(Value lengths, int64_t total, Value sequence) {
  return hopperBounds(b, memory.buffers[hopperBuffer(lengths)], lengths, total,
                      *shape.sequences, sequence);
}

/// Tiles and keys of each sequence, then their order.
void HopperAttention::findSequences() {
  auto meet = [&] {
    NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
  };
  int64_t entries = *shape.sequences + 1;
  Value queryBounds = op.getCuSeqlensQuery(), keyBounds = op.getCuSeqlensKey();
  auto body = [&](Value sequence, ValueRange) -> Values {
    Bounds queries = boundsOf(queryBounds, shape.queries, sequence);
    Bounds keys = queries;
    Value valid = queries.valid;
    if (keyBounds) {
      keys = boundsOf(keyBounds, shape.keys, sequence);
      valid = arith::AndIOp::create(b, valid, keys.valid);
    }
    Value isRest = b.equal(sequence, *shape.sequences);
    Value seen = b.select(isRest, b.number(0), keys.count);
    Value address = b.add(at(shape.sequenceOffset()), b.mul(sequence, 4));
    b.storeWord(b.ceilDiv(queries.count, shape.rows()), address);
    b.storeWord(seen, b.add(address, 4 * entries));
    b.branch(b.equal(block, 0), [&] {
      checkHopperBounds(b, valid, memory.failure, memory.message);
    });
    return {};
  };
  b.forLoop(thread, b.number(entries), b.number(shape.threads()), {}, body);
  meet();
  orderSequences();
  meet();
}

/// Each sequence counts those before it, and their tiles.
void HopperAttention::orderSequences() {
  int64_t entries = *shape.sequences + 1;
  auto body = [&](Value sequence, ValueRange) -> Values {
    Value keys = sequenceWord(1, sequence), zero = b.number(0);
    Values sums = b.forLoop(
        zero, b.number(entries), b.number(1), {zero, zero, zero},
        [&](Value other, ValueRange carried) -> Values {
          Value its = sequenceWord(1, other), tiles = sequenceWord(0, other);
          Value same = arith::CmpIOp::create(b, arith::CmpIPredicate::eq, its,
                                             keys);
          Value isEarlier = arith::AndIOp::create(b, same,
                                                  b.greater(sequence, other));
          Value isBefore =
              arith::OrIOp::create(b, b.greater(its, keys), isEarlier);
          Value rank = b.select(isBefore, b.number(1), zero);
          return {b.add(carried[0], rank),
                  b.add(carried[1], b.select(isBefore, tiles, zero)),
                  b.add(carried[2], tiles)};
        });
    Value table = at(shape.sequenceOffset() + 8 * entries);
    Value place = b.add(table, b.mul(sums[0], 4));
    b.storeWord(sums[1], place);
    b.storeWord(sequence, b.add(place, 4 * entries + 4));
    b.branch(b.equal(sequence, 0), [&] {
      b.storeWord(sums[2], b.add(table, 4 * entries));
    });
    return {};
  };
  b.forLoop(thread, b.number(entries), b.number(shape.threads()), {}, body);
}

/// The last sequence with no more tiles before it, by bisection.
HopperAttention::Tile HopperAttention::packedTileAt(Value number) {
  int64_t entries = *shape.sequences + 1;
  Value index = b.div(number, shape.queryHeads);
  int64_t rounds = llvm::Log2_64_Ceil(uint64_t(entries));
  Values found = b.forLoop(
      b.number(0), b.number(rounds), b.number(1),
      {b.number(0), b.number(entries)},
      [&](Value, ValueRange carried) -> Values {
        Value middle = b.div(b.add(carried[0], carried[1]), 2);
        Value isBehind = b.greater(sequenceWord(2, middle), index);
        return {b.select(isBehind, carried[0], middle),
                b.select(isBehind, middle, carried[1])};
      });
  Value sequence = sequenceWord(3, found[0]);
  Value before = b.mul(sequenceWord(2, found[0]), shape.queryHeads);
  Tile tile;
  Bounds queries = boundsOf(op.getCuSeqlensQuery(), shape.queries, sequence);
  Bounds keys = queries;
  if (Value lengths = op.getCuSeqlensKey())
    keys = boundsOf(lengths, shape.keys, sequence);
  tile.queries = queries.count;
  tile.queryStart = queries.start;
  tile.keyStart = keys.start;
  tile.keys = sequenceWord(1, sequence);
  tile.offset =
      shape.toEnd ? b.sub(keys.count, queries.count) : b.number(0);
  // As many heads together as the L2 has room for.
  int64_t group = shape.queryHeads / shape.keyHeads;
  int64_t room = (32 << 20) / (2 * (shape.depth + shape.valueDepth));
  Value section = arith::DivUIOp::create(b, b.number(room),
                                         b.larger(keys.count, b.number(1)));
  section = b.mul(b.larger(section, b.number(1)), group);
  section = b.smaller(section, b.number(shape.queryHeads));
  placeInSection(tile, b.sub(number, before), sequenceWord(0, sequence),
                 section);
  tile.batch = sequence;
  tile.keyHead = b.div(tile.head, group);
  seenBlocks(tile);
  return tile;
}
