//===- CopyMemRef.cpp - copies between strided memrefs --------------------===//
//
// Inner dimensions that are dense on both sides are copied as one block; the
// dimensions outside them are walked.
//
//===----------------------------------------------------------------------===//

#include "CopyMemRef.h"

#include <cstring>

namespace {

/// One side of the copy.
struct Side {
  explicit Side(const LacunaUnrankedMemRef &memref, int64_t elementSize) {
    struct Header {
      void *allocated;
      char *aligned;
      int64_t offset;
      int64_t sizesAndStrides[];
    };
    auto *header = static_cast<Header *>(memref.descriptor);
    data = header->aligned + header->offset * elementSize;
    sizes = header->sizesAndStrides;
    strides = sizes + memref.rank;
  }

  char *data;
  const int64_t *sizes;
  const int64_t *strides;
};

class Copy {
public:
  Copy(int64_t elementSize, int64_t rank, const Side &source,
       const Side &target)
      : elementSize(elementSize), source(source), target(target), outer(rank),
        block(1) {
    while (outer > 0 && isDense(outer - 1))
      block *= source.sizes[--outer];
  }

  void run(int64_t dim, const char *from, char *to) const {
    if (dim == outer) {
      std::memcpy(to, from, static_cast<size_t>(block * elementSize));
      return;
    }
    int64_t fromStep = source.strides[dim] * elementSize;
    int64_t toStep = target.strides[dim] * elementSize;
    if (dim + 1 == outer && block == 1)
      return copyLine(source.sizes[dim], from, fromStep, to, toStep);
    for (int64_t i = 0; i < source.sizes[dim]; ++i)
      run(dim + 1, from + i * fromStep, to + i * toStep);
  }

private:
  /// Whether `dim` continues the block of the dimensions inside it.
  bool isDense(int64_t dim) const {
    return source.sizes[dim] == 1 ||
           (source.strides[dim] == block && target.strides[dim] == block);
  }

  void copyLine(int64_t count, const char *from, int64_t fromStep, char *to,
                int64_t toStep) const {
    switch (elementSize) {
    case 1:
      return copyElements<1>(count, from, fromStep, to, toStep);
    case 2:
      return copyElements<2>(count, from, fromStep, to, toStep);
    case 4:
      return copyElements<4>(count, from, fromStep, to, toStep);
    case 8:
      return copyElements<8>(count, from, fromStep, to, toStep);
    default:
      for (int64_t i = 0; i < count; ++i, from += fromStep, to += toStep)
        std::memcpy(to, from, static_cast<size_t>(elementSize));
    }
  }

  /// A size known here makes memcpy a load and a store.
  template <int size>
  static void copyElements(int64_t count, const char *from, int64_t fromStep,
                           char *to, int64_t toStep) {
    for (int64_t i = 0; i < count; ++i, from += fromStep, to += toStep)
      std::memcpy(to, from, size);
  }

  int64_t elementSize;
  const Side &source;
  const Side &target;
  int64_t outer; ///< dimensions [0, outer) are walked
  int64_t block; ///< elements in the dense dimensions inside
};

} // namespace

void memrefCopy(int64_t elementSize, LacunaUnrankedMemRef *source,
                LacunaUnrankedMemRef *target) {
  int64_t rank = source->rank;
  Side from(*source, elementSize);
  Side to(*target, elementSize);
  for (int64_t dim = 0; dim < rank; ++dim)
    if (from.sizes[dim] == 0)
      return;
  Copy(elementSize, rank, from, to).run(0, from.data, to.data);
}
