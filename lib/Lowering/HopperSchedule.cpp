//===- HopperSchedule.cpp - Which block computes which tile ---------------===//
#include "HopperSchedule.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace lacuna;

namespace {
/// Parts shorter than this are not worth their exchange.
constexpr int64_t shortestPart = 4;

/// What each worker has to do.
struct Deal {
  std::vector<std::vector<HopperUnit>> work;
  std::vector<double> load;
  int64_t slots = 0;

  explicit Deal(int64_t workers) : work(workers), load(workers, 0) {}

  void give(int64_t worker, const HopperUnit &unit, double cost) {
    work[worker].push_back(unit);
    load[worker] += cost;
  }
  double longest() const { return *std::max_element(load.begin(), load.end()); }
};
} // namespace

/// Each tile, in order, to the worker that is free first.
static void dealWhole(Deal &deal, llvm::ArrayRef<HopperUnit> tiles,
                      double tileCost) {
  for (const HopperUnit &tile : tiles) {
    auto least = std::min_element(deal.load.begin(), deal.load.end());
    deal.give(least - deal.load.begin(), tile, tile.count + tileCost);
  }
}

/// Cuts a tile into `lengths` for the workers from `first` on.
static void cutTile(Deal &deal, const HopperUnit &tile, int64_t first,
                    llvm::ArrayRef<int64_t> lengths, double tileCost,
                    double partCost) {
  int32_t slot = deal.slots;
  HopperUnit part = tile;
  for (auto [i, length] : llvm::enumerate(lengths)) {
    bool last = i + 1 == lengths.size();
    part.count = length;
    part.role = !last               ? HopperUnit::Contribute
                : lengths.size() > 1 ? HopperUnit::Finish
                                     : HopperUnit::Whole;
    part.slot = last ? slot : int32_t(deal.slots++);
    part.slots = last ? lengths.size() - 1 : 0;
    deal.give(first + i, part,
              length + (last ? tileCost + part.slots * partCost : partCost));
    part.first += length;
  }
}

/// All tiles, in order, in pieces that give each worker the same.
static void dealParts(Deal &deal, llvm::ArrayRef<HopperUnit> tiles,
                      double tileCost, double partCost) {
  int64_t workers = deal.work.size(), worker = 0;
  // Most workers give a part away and add one up.
  double total = 2 * partCost * workers;
  for (double load : deal.load)
    total += load;
  for (const HopperUnit &tile : tiles)
    total += tile.count + tileCost;
  double share = total / workers;
  for (const HopperUnit &tile : tiles) {
    llvm::SmallVector<int64_t> lengths;
    int64_t rest = tile.count, first = worker;
    while (rest > 0) {
      int64_t room = std::max<int64_t>(0, share - deal.load[worker]);
      if (lengths.empty() && room < shortestPart && worker + 1 < workers) {
        first = ++worker;
        continue;
      }
      int64_t length = std::min(rest, room);
      if (rest - length < shortestPart || worker + 1 == workers)
        length = rest;
      else
        length = std::max(length, std::min(rest, shortestPart));
      lengths.push_back(length);
      rest -= length;
      if (rest > 0)
        ++worker;
    }
    cutTile(deal, tile, first, lengths, tileCost, partCost);
  }
}

/// Contributions first: nobody waits for one that has not begun.
static HopperSchedule tableOf(Deal deal, double time) {
  HopperSchedule schedule;
  schedule.workers = deal.work.size();
  schedule.slots = deal.slots;
  schedule.time = time;
  for (auto &units : deal.work) {
    auto turn = [](const HopperUnit &unit) {
      return unit.role == HopperUnit::Contribute ? 0
             : unit.role == HopperUnit::Whole    ? 1
                                                 : 2;
    };
    std::stable_sort(units.begin(), units.end(),
                     [&](const HopperUnit &a, const HopperUnit &b) {
                       return turn(a) < turn(b);
                     });
    schedule.turns = std::max<int64_t>(schedule.turns, units.size());
  }
  schedule.units.resize((schedule.turns + 1) * schedule.workers);
  for (auto [worker, units] : llvm::enumerate(deal.work))
    for (auto [turn, unit] : llvm::enumerate(units))
      schedule.units[turn * schedule.workers + worker] = unit;
  return schedule;
}

HopperSchedule HopperSchedule::of(llvm::ArrayRef<HopperUnit> tiles,
                                  int64_t workers, double tileCost,
                                  double partCost) {
  int64_t used = std::min<int64_t>(workers, tiles.size());
  Deal whole(used);
  dealWhole(whole, tiles, tileCost);
  // One full round less than there are stays to be cut, so that parts are long.
  int64_t rounds = int64_t(tiles.size()) / workers;
  int64_t before = std::max<int64_t>(rounds - 1, 0) * workers;
  Deal parts(workers);
  dealWhole(parts, tiles.take_front(before), tileCost);
  dealParts(parts, tiles.drop_front(before), tileCost, partCost);
  bool cut = parts.longest() < 0.95 * whole.longest();
  double time = std::min(parts.longest(), whole.longest());
  return tableOf(cut ? std::move(parts) : std::move(whole), time);
}
