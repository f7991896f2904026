//===- PlacementTest.cpp - Buffers find their places ----------------------===//
#include "lacuna/Planning/Placement.h"

#include <gtest/gtest.h>
#include <random>

using namespace lacuna::planning;

namespace {
struct Rectangle {
  int64_t left, right, bottom, top;
};

/// A rectangle of 1000 x 1000, cut until there are `count` pieces: they fit
/// into the capacity 1000, and leave no room when all are kept.
std::vector<Buffer> cutRectangle(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Rectangle> pieces = {{0, 1000, 0, 1000}};
  while (pieces.size() < count) {
    Rectangle &piece = pieces[random() % pieces.size()];
    Rectangle other = piece;
    if (random() % 2 && piece.right - piece.left > 1)
      other.left = piece.right =
          piece.left + 1 + random() % (piece.right - piece.left - 1);
    else if (piece.top - piece.bottom > 1)
      other.bottom = piece.top =
          piece.bottom + 1 + random() % (piece.top - piece.bottom - 1);
    else
      continue;
    pieces.push_back(other);
  }
  std::vector<Buffer> buffers;
  for (const Rectangle &piece : pieces)
    buffers.push_back({piece.left, piece.right, piece.top - piece.bottom});
  return buffers;
}
} // namespace

TEST(Placement, NothingNeedsNothing) {
  EXPECT_EQ(placeBuffers({}).height, 0);
  EXPECT_EQ(maxLive({}), 0);
}

TEST(Placement, WithoutSizeOrLifetimeNoRoomIsTaken) {
  std::vector<Buffer> buffers = {{0, 4, 0}, {2, 2, 7}, {0, 4, 5}};
  Placement placement = placeBuffers(buffers);
  EXPECT_EQ(placement.height, 5);
  EXPECT_EQ(maxLive(buffers), 5);
}

TEST(Placement, EndsBeforeTheNextBegins) {
  std::vector<Buffer> buffers = {{0, 2, 8}, {2, 4, 8}};
  EXPECT_EQ(placeBuffers(buffers).height, 8);
}

TEST(Placement, FindsWhatFitsExactly) {
  for (uint64_t seed = 1; seed != 7; ++seed) {
    std::vector<Buffer> buffers = cutRectangle(40 + 15 * seed, seed);
    PlacementOptions options;
    options.capacity = 1000;
    Placement placement = placeBuffers(buffers, options);
    EXPECT_LE(placement.height, 1000) << "seed " << seed;
    EXPECT_TRUE(isValid(buffers, placement)) << "seed " << seed;
  }
}

TEST(Placement, FindsManyThatFitExactly) {
  for (uint64_t seed : {21, 23}) {
    std::vector<Buffer> buffers = cutRectangle(300, seed);
    PlacementOptions options;
    options.capacity = 1000;
    options.effort = 200'000;
    Placement placement = placeBuffers(buffers, options);
    EXPECT_LE(placement.height, 1000) << "seed " << seed;
    EXPECT_TRUE(isValid(buffers, placement)) << "seed " << seed;
  }
}

TEST(Placement, IsNeverAboveFirstFitAndAlwaysTheSame) {
  std::vector<Buffer> buffers = cutRectangle(200, 11);
  PlacementOptions options;
  options.effort = 3000;
  Placement once = placeBuffers(buffers, options);
  EXPECT_TRUE(isValid(buffers, once));
  EXPECT_LE(once.height, placeGreedily(buffers).height);
  EXPECT_EQ(once.offsets, placeBuffers(buffers, options).offsets);
}

TEST(Placement, SaysWhatIsImpossible) {
  // Each pair lives together: 3 times 4 never fit into 11.
  std::vector<Buffer> buffers = {{0, 3, 4}, {1, 4, 4}, {2, 5, 4}};
  PlacementOptions options;
  options.capacity = 11;
  EXPECT_EQ(placeBuffers(buffers, options).height, 12);
}

TEST(Placement, RefusesOverlap) {
  std::vector<Buffer> buffers = {{0, 2, 8}, {1, 3, 8}};
  EXPECT_FALSE(isValid(buffers, {{0, 4}, 12}));
  EXPECT_FALSE(isValid(buffers, {{-1, 8}, 16}));
  EXPECT_FALSE(isValid(buffers, {{0}, 8}));
  EXPECT_TRUE(isValid(buffers, {{0, 8}, 16}));
}

TEST(Placement, TakesThousands) {
  std::vector<Buffer> buffers = cutRectangle(3000, 5);
  PlacementOptions options;
  options.effort = 2000;
  Placement placement = placeBuffers(buffers, options);
  EXPECT_TRUE(isValid(buffers, placement));
}
