//===- SpareMemoryTest.cpp - Buffers in memory that is free for a time ----===//
#include "lacuna/Planning/SpareMemory.h"

#include <gtest/gtest.h>
#include <random>

using namespace lacuna::planning;

static std::vector<Buffer> leftOver(std::span<const Buffer> buffers,
                                    std::span<const SparePlace> places) {
  std::vector<Buffer> left;
  for (size_t i = 0; i != buffers.size(); ++i)
    if (places[i].memory < 0)
      left.push_back(buffers[i]);
  return left;
}

TEST(SpareMemory, WithoutMemoryNothingMoves) {
  std::vector<Buffer> buffers = {{0, 2, 64}};
  EXPECT_EQ(useSpareMemory(buffers, {})[0].memory, -1);
  EXPECT_TRUE(useSpareMemory({}, {}).empty());
}

TEST(SpareMemory, TheBufferMustBeGoneWhenTheMemoryIsNeeded) {
  std::vector<Buffer> buffers = {{0, 3, 64}};
  std::vector<SpareMemory> tooEarly = {{64, 2}}, tooSmall = {{32, 5}},
                           fits = {{32, 5}, {64, 3}};
  EXPECT_EQ(useSpareMemory(buffers, tooEarly)[0].memory, -1);
  EXPECT_EQ(useSpareMemory(buffers, tooSmall)[0].memory, -1);
  EXPECT_EQ(useSpareMemory(buffers, fits)[0].memory, 1);
}

/// A forward direction keeps a buffer a block; the backward one reads them in
/// turn and writes an output of their size: all but one find a place.
TEST(SpareMemory, WhatTheForwardDirectionKeepsLiesInTheGradients) {
  std::vector<Buffer> buffers;
  std::vector<SpareMemory> spare;
  for (int64_t block = 0; block != 16; ++block) {
    buffers.push_back({block, 32 - block, 640});
    spare.push_back({640, 31 - block});
  }
  std::vector<SparePlace> places = useSpareMemory(buffers, spare);
  EXPECT_EQ(maxLive(buffers), 16 * 640);
  EXPECT_EQ(maxLive(leftOver(buffers, places)), 640);
}

TEST(SpareMemory, OnlyWhatLowersTheMostMoves) {
  std::vector<Buffer> buffers = {{0, 1, 64}, {1, 2, 640}, {2, 3, 64}};
  std::vector<SpareMemory> spare = {{64, 9}};
  for (const SparePlace &place : useSpareMemory(buffers, spare))
    EXPECT_EQ(place.memory, -1);
}

TEST(SpareMemory, NeighboursInTimeDoNotOverlap) {
  std::mt19937_64 random(7);
  for (int round = 0; round != 50; ++round) {
    std::vector<Buffer> buffers;
    std::vector<SpareMemory> spare;
    for (int i = 0; i != 40; ++i) {
      int64_t lower = random() % 30;
      buffers.push_back({lower, lower + 1 + int64_t(random() % 10),
                         64 * int64_t(random() % 5)});
      spare.push_back({int64_t(random() % 700), int64_t(random() % 40)});
    }
    std::vector<SparePlace> places = useSpareMemory(buffers, spare);
    EXPECT_LE(maxLive(leftOver(buffers, places)), maxLive(buffers));
    for (size_t memory = 0; memory != spare.size(); ++memory) {
      std::vector<Buffer> inside;
      Placement placement;
      for (size_t i = 0; i != buffers.size(); ++i) {
        if (places[i].memory != int(memory))
          continue;
        inside.push_back(buffers[i]);
        placement.offsets.push_back(places[i].offset);
        placement.height = std::max(placement.height,
                                    places[i].offset + buffers[i].size);
        EXPECT_LE(buffers[i].upper, spare[memory].until);
      }
      EXPECT_TRUE(isValid(inside, placement));
      EXPECT_LE(placement.height, spare[memory].size);
    }
  }
}
