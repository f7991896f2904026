//===- DataSet.h - Samples to train on --------------------------*- C++ -*-===//
#ifndef LACUNA_TRAINING_DATASET_H
#define LACUNA_TRAINING_DATASET_H

#include "lacuna/JIT/Model.h"
#include "lacuna/Runtime/Archive.h"

#include <map>
#include <span>

namespace lacuna {

/// Arrays by name whose first dimension counts samples: a `.npz`, or a folder
/// with an `.npy` for each. All arrays have as many samples.
class DataSet {
public:
  /// Reads everything. Fails when the file is no archive or counts differ.
  static Expected<DataSet> open(const std::string &path);
  /// The same of arrays in memory, which are copied only where they have gaps;
  /// `name` stands in errors.
  static Expected<DataSet> of(const std::vector<NamedTensor> &arrays,
                              const std::string &name);

  int64_t size() const { return samples; }
  /// The array called `name`, or null.
  const Tensor *find(const std::string &name) const;
  /// Quoted, with commas.
  std::string listNames() const;

  /// Fails unless there is an array for `value`, whose first dimension is that
  /// of a batch: the same other sizes, and the same element type; labels may
  /// be integers of any width for i64.
  Error check(const Value &value) const;
  /// The samples of `indices` in the shape and type of `value`, which was
  /// checked and has as many.
  Expected<Tensor> gather(const Value &value,
                          std::span<const int64_t> indices) const;

private:
  std::string path;
  std::map<std::string, Tensor> arrays;
  int64_t samples = 0;
};

/// Visits all samples once an epoch, each epoch in an order of its own that
/// depends on the seed and the epoch only.
class SampleOrder {
public:
  SampleOrder(int64_t size, uint64_t seed) : size(size), seed(seed) {}
  /// The sample at `position` since training began.
  int64_t at(int64_t position);

private:
  int64_t size;
  uint64_t seed;
  int64_t epoch = -1;
  std::vector<int64_t> order;
};

} // namespace lacuna

#endif // LACUNA_TRAINING_DATASET_H
