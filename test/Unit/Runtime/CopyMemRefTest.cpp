//===- CopyMemRefTest.cpp - copies between strided memrefs ----------------===//
//
// Against an element by element copy, for layouts with and without a dense
// inner block.
//
//===----------------------------------------------------------------------===//

#include "Runtime/CopyMemRef.h"

#include <gtest/gtest.h>

#include <cstring>
#include <numeric>
#include <vector>

namespace {

using Numbers = std::vector<int64_t>;

/// A descriptor as the lowering of memrefs lays it out.
struct MemRef {
  MemRef(void *data, int64_t offset, const Numbers &sizes,
         const Numbers &strides) {
    words = {reinterpret_cast<int64_t>(data), reinterpret_cast<int64_t>(data),
             offset};
    words.insert(words.end(), sizes.begin(), sizes.end());
    words.insert(words.end(), strides.begin(), strides.end());
    unranked = {static_cast<int64_t>(sizes.size()), words.data()};
  }
  Numbers words;
  LacunaUnrankedMemRef unranked;
};

struct Layout {
  Numbers sizes, from, to;
};

int64_t offsetOf(int64_t index, const Numbers &sizes, const Numbers &strides) {
  int64_t offset = 0;
  for (size_t dim = sizes.size(); dim-- > 0; index /= sizes[dim])
    offset += index % sizes[dim] * strides[dim];
  return offset;
}

} // namespace

TEST(CopyMemRef, CopiesAnyLayout) {
  const Layout layouts[] = {
      {{}, {}, {}},
      {{5}, {1}, {1}},
      {{5}, {3}, {2}},
      {{2, 3, 4}, {12, 4, 1}, {12, 4, 1}},
      {{2, 3, 4}, {20, 5, 1}, {12, 4, 1}}, // rows with padding
      {{2, 3, 4}, {12, 4, 1}, {1, 2, 6}},  // transposed
      {{3, 1, 4}, {4, 99, 1}, {4, 77, 1}}, // a unit stride tells nothing
      {{3, 4}, {0, 1}, {4, 1}},            // broadcast
      {{0, 4}, {4, 1}, {4, 1}},
  };
  for (int64_t width : {1, 2, 3, 4, 8, 16})
    for (const Layout &layout : layouts) {
      std::vector<uint8_t> source(200 * width), target(200 * width, 0xee);
      std::iota(source.begin(), source.end(), uint8_t{0});
      std::vector<uint8_t> expected = target;
      int64_t count = std::accumulate(layout.sizes.begin(), layout.sizes.end(),
                                      int64_t{1}, std::multiplies());
      for (int64_t i = 0; i < count; ++i)
        std::memcpy(
            &expected[(2 + offsetOf(i, layout.sizes, layout.to)) * width],
            &source[(3 + offsetOf(i, layout.sizes, layout.from)) * width],
            width);
      MemRef from(source.data(), 3, layout.sizes, layout.from);
      MemRef to(target.data(), 2, layout.sizes, layout.to);
      memrefCopy(width, &from.unranked, &to.unranked);
      EXPECT_EQ(target, expected);
    }
}
