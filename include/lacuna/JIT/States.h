//===- States.h - What calls of a program hand on to the next ---*- C++ -*-===//
// A training step replaces parameters and the optimiser's sums: outputs that
// name an input as what they update. Between calls they stay where the program
// runs; those of a GPU pass through the host only when they are asked for.
//
//   auto states = lacuna::States::create(program);
//   states->set(0, weights);
//   states->run(inputs, outputs);     // entries of states are filled in
//   states->advance();                // what came out goes in next
//===----------------------------------------------------------------------===//
#ifndef LACUNA_JIT_STATES_H
#define LACUNA_JIT_STATES_H

#include "lacuna/JIT/Program.h"

namespace lacuna {

/// For one thread at a time.
class States {
public:
  /// One for each output of `program` with `updates`, without values yet.
  /// Fails when memory is out.
  static Expected<States> create(const Program &program);

  size_t size() const { return slots.size(); }
  /// Which input and which output of the program a state is.
  size_t input(size_t state) const { return slots[state].input; }
  size_t output(size_t state) const { return slots[state].output; }

  /// Copies a host tensor of the input's type and shape in.
  Error set(size_t state, const Tensor &value);
  /// A copy in the host's memory.
  Expected<Tensor> get(size_t state) const;

  /// Calls the program. Both lists have an entry for each input and output;
  /// those of states may be anything and are tensors of theirs afterwards. What
  /// states will be next is kept apart until `advance`.
  Error run(std::vector<Tensor> &inputs, std::vector<Tensor> &outputs,
            int threads = 0);
  /// The states become what the latest run gave.
  void advance();

private:
  struct Slot {
    size_t input, output;
    /// In the memory of the program's GPU, if it has one.
    Tensor now, next;
  };
  explicit States(Program program) : program(std::move(program)) {}
  Expected<Tensor> allocate(const Value &value) const;

  Program program;
  std::vector<Slot> slots;
};

} // namespace lacuna

#endif // LACUNA_JIT_STATES_H
