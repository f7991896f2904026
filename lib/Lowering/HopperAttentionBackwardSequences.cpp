//===- HopperAttentionBackwardSequences.cpp - Gradient: rows of a block ---===//
// Tiles of packed sequences are numbered as if each sequence began with one of
// its own: sequence n, from row r on, has those from r / size + n on, and some
// of none. The threads of a block look for the one that has the block's tile.
//===----------------------------------------------------------------------===//
#include "HopperAttentionBackwardState.h"
#include "HopperKernel.h"
#include "HopperScalars.h"
#include "HopperSequences.h"

using namespace mlir;
using namespace lacuna;
using namespace lacuna::hopper;

/// What is kept of a sequence in shared memory.
enum Word { Batch, QueryCount, KeyCount, QueryStart, KeyStart, Index, Broken };

Value HopperAttentionBackwardState::uniform(Value value) {
  return ShuffleOp::create(b, value.getType(), value, 0, /*broadcast=*/true);
}

HopperAttentionBackwardState::Sequence
HopperAttentionBackwardState::sequenceOf(Value batch, Value &index) {
  Sequence sequence;
  if (!shape.sequences) {
    sequence.batch = batch;
    sequence.queries = b.number(shape.queries);
    sequence.keys = b.number(shape.keys);
    if (Value lengths = op.getKeyLengths())
      sequence.keys = uniform(loadHopperLength(
          b, memory.buffers[hopperBuffer(lengths)], batch, lengths,
          shape.keys));
    sequence.offset = b.number(shape.offset);
    sequence.firstSlot = sequence.queryStart = sequence.keyStart = b.number(0);
    sequence.queryTiles = b.number(shape.queryTiles());
    return sequence;
  }
  auto word = [&](Word number) {
    return uniform(b.loadWord(at(shape.sequenceOffset() + 4 * number)));
  };
  // Nothing is computed if some bounds are none.
  Value isBroken = b.greater(word(Broken), b.number(0)), zero = b.number(0);
  sequence.batch = word(Batch);
  sequence.queries = b.select(isBroken, zero, word(QueryCount));
  sequence.keys = b.select(isBroken, zero, word(KeyCount));
  sequence.queryStart = word(QueryStart);
  sequence.keyStart = word(KeyStart);
  index = word(Index);
  sequence.offset =
      shape.toEnd ? b.sub(sequence.keys, sequence.queries) : zero;
  sequence.firstSlot = b.add(b.div(sequence.queryStart, shape.queryTile),
                             sequence.batch);
  sequence.queryTiles = b.ceilDiv(sequence.queries, shape.queryTile);
  return sequence;
}

/// The tile of queries or keys from `queries` or `keys` on, in the size of the
/// block's.
Value HopperAttentionBackwardState::slotOf(Value computing, Value onKeys,
                                      Value queries, Value keys) {
  Value none = b.number(-1);
  Value kept = shape.split ? b.div(queries, shape.queryRows) : none;
  return b.select(b.greater(onKeys, none), b.div(keys, shape.keyTile),
                  b.select(b.greater(computing, none), kept,
                           b.div(queries, shape.queryTile)));
}

void HopperAttentionBackwardState::findSequence(Value computing, Value onKeys) {
  Value none = b.number(-1), zero = b.number(0);
  Value isKey = b.greater(onKeys, none);
  Value kept = none;
  if (shape.split)
    kept = b.sub(b.number(shape.queryBlocks() - 1),
                 b.rem(b.larger(computing, zero), shape.queryBlocks()));
  // Sequences and their tiles from the last on: turns are waited for in this
  // order.
  Value ofKeys = b.sub(b.number(shape.keyTiles() - 1),
                       b.div(b.larger(onKeys, zero), shape.keyHeads));
  Value slot = b.select(
      isKey, ofKeys, b.select(b.greater(computing, none), kept, block));
  auto boundsOf = [&](Value lengths, int64_t total, Value sequence) {
    return hopperBounds(b, memory.buffers[hopperBuffer(lengths)], lengths,
                        total, *shape.sequences, sequence);
  };
  auto store = [&](Word word, Value value) {
    b.storeWord(value, at(shape.sequenceOffset() + 4 * word));
  };
  auto body = [&](Value sequence, ValueRange) -> Values {
    HopperBounds queries =
        boundsOf(op.getCuSeqlensQuery(), shape.queries, sequence);
    HopperBounds keys = queries;
    Value valid = queries.valid;
    if (Value lengths = op.getCuSeqlensKey()) {
      keys = boundsOf(lengths, shape.keys, sequence);
      valid = arith::AndIOp::create(b, valid, keys.valid);
    }
    Value broken = arith::XOrIOp::create(
        b, valid, arith::ConstantIntOp::create(b, 1, 1).getResult());
    b.branch(broken, [&] { store(Broken, b.number(1)); });
    b.branch(b.equal(block, 0), [&] {
      checkHopperBounds(b, valid, memory.failure, memory.message);
    });
    Value first =
        b.add(slotOf(computing, onKeys, queries.start, keys.start), sequence);
    Value next = b.add(slotOf(computing, onKeys,
                              b.add(queries.start, queries.count),
                              b.add(keys.start, keys.count)),
                       b.add(sequence, 1));
    Value isMine = arith::AndIOp::create(b, b.greater(next, slot),
                                         b.greater(b.add(slot, 1), first));
    b.branch(isMine, [&] {
      // What is behind the last sequence sees nothing.
      Value isRest = b.equal(sequence, *shape.sequences);
      Value hidesQueries = arith::AndIOp::create(b, isRest, isKey);
      Value seenQueries = b.select(hidesQueries, zero, queries.count);
      Value seenKeys = b.select(isKey, keys.count,
                                b.select(isRest, zero, keys.count));
      store(Batch, sequence);
      store(QueryCount, seenQueries);
      store(KeyCount, seenKeys);
      store(QueryStart, queries.start);
      store(KeyStart, keys.start);
      store(Index, b.sub(slot, first));
    });
    return {};
  };
  b.forLoop(thread, b.number(*shape.sequences + 1), b.number(shape.threads()),
            {}, body);
  NamedBarrierOp::create(b, zero, shape.threads(), /*arrive=*/false);
}

Values HopperAttentionBackwardState::place(Value column, Value row, Value head,
                                      const Sequence &sequence, bool isKey) {
  if (!shape.sequences)
    return {column, row, head, sequence.batch};
  return hopperPackedPlace(b, column, row, head,
                           isKey ? sequence.keyStart : sequence.queryStart,
                           isKey ? sequence.keys : sequence.queries);
}

/// Where a head's lines, and counters of tiles of queries, begin.
Value HopperAttentionBackwardState::globalHead(const Sequence &sequence,
                                          Value head) {
  if (shape.sequences)
    return head;
  return b.add(b.mul(sequence.batch, shape.queryHeads), head);
}

Value HopperAttentionBackwardState::lineOf(const Sequence &sequence, Value head,
                                      Value row) {
  Value first = b.add(b.mul(globalHead(sequence, head), shape.paddedRows()),
                      b.mul(sequence.firstSlot, shape.queryTile));
  return b.add(first, row);
}
