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
      sequence.keys =
          uniform(loadHopperLength(b, memory.buffers[hopperBuffer(lengths)],
                                   batch, lengths, shape.keys));
    sequence.offset = b.number(shape.offset);
    sequence.firstSlot = sequence.queryStart = sequence.keyStart = b.number(0);
    sequence.queryTiles = b.number(shape.queryTiles());
    return sequence;
  }
  auto word = [&](SequenceWord number) {
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
  sequence.offset = shape.toEnd ? b.sub(sequence.keys, sequence.queries) : zero;
  sequence.firstSlot =
      b.add(b.div(sequence.queryStart, shape.queryTile), sequence.batch);
  sequence.queryTiles = b.ceilDiv(sequence.queries, shape.queryTile);
  return sequence;
}

/// The tile of queries or keys from `queries` or `keys` on, in the size of the
/// block's.
Value HopperAttentionBackwardState::tileFrom(Value computing, Value onKeys,
                                             Value queries, Value keys) {
  Value none = b.number(-1);
  Value kept = shape.split ? b.div(queries, shape.queryRows) : none;
  return b.select(b.greater(onKeys, none), b.div(keys, shape.keyTile),
                  b.select(b.greater(computing, none), kept,
                           b.div(queries, shape.queryTile)));
}

/// The number of the block's tile. Sequences and their tiles come from the last
/// on: turns are waited for in this order.
Value HopperAttentionBackwardState::slotOf(Value computing, Value onKeys) {
  Value none = b.number(-1), zero = b.number(0), kept = none;
  if (shape.split)
    kept = b.sub(b.number(shape.queryBlocks() - 1),
                 b.rem(b.larger(computing, zero), shape.queryBlocks()));
  Value ofKeys = b.sub(b.number(shape.keyTiles() - 1),
                       b.div(b.larger(onKeys, zero), shape.keyHeads));
  return b.select(b.greater(onKeys, none), ofKeys,
                  b.select(b.greater(computing, none), kept, block));
}

void HopperAttentionBackwardState::findSequence(Value computing, Value onKeys) {
  Value slot = slotOf(computing, onKeys);
  auto boundsOf = [&](Value lengths, int64_t total, Value sequence) {
    return hopperBounds(b, memory.buffers[hopperBuffer(lengths)], lengths,
                        total, *shape.sequences, sequence);
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
    b.branch(broken, [&] { storeWord(Broken, b.number(1)); });
    b.branch(b.equal(block, 0), [&] {
      checkHopperBounds(b, valid, memory.failure, memory.message);
    });
    Value first =
        b.add(tileFrom(computing, onKeys, queries.start, keys.start), sequence);
    Value next =
        b.add(tileFrom(computing, onKeys, b.add(queries.start, queries.count),
                       b.add(keys.start, keys.count)),
              b.add(sequence, 1));
    Value isMine = arith::AndIOp::create(b, b.greater(next, slot),
                                         b.greater(b.add(slot, 1), first));
    b.branch(isMine, [&] {
      storeWord(Index, b.sub(slot, first));
      tellSequence(sequence, b.greater(onKeys, b.number(-1)), queries, keys);
    });
    return {};
  };
  b.forLoop(thread, b.number(*shape.sequences + 1), b.number(shape.threads()),
            {}, body);
  NamedBarrierOp::create(b, b.number(0), shape.threads(), /*arrive=*/false);
}

void HopperAttentionBackwardState::storeWord(SequenceWord word, Value value) {
  b.storeWord(value, at(shape.sequenceOffset() + 4 * word));
}

/// What is behind the last sequence sees nothing.
void HopperAttentionBackwardState::tellSequence(Value sequence, Value isKey,
                                                const HopperBounds &queries,
                                                const HopperBounds &keys) {
  Value isRest = b.equal(sequence, *shape.sequences), zero = b.number(0);
  storeWord(Batch, sequence);
  storeWord(QueryCount, b.select(arith::AndIOp::create(b, isRest, isKey), zero,
                                 queries.count));
  storeWord(KeyCount,
            b.select(isKey, keys.count, b.select(isRest, zero, keys.count)));
  storeWord(QueryStart, queries.start);
  storeWord(KeyStart, keys.start);
}

Values HopperAttentionBackwardState::place(Value column, Value row, Value head,
                                           const Sequence &sequence,
                                           bool isKey) {
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
