//===- ExpandNarrowFloats.h - bf16 arithmetic without bf16 hardware -------===//
#ifndef LACUNA_LIB_LOWERING_EXPANDNARROWFLOATS_H
#define LACUNA_LIB_LOWERING_EXPANDNARROWFLOATS_H

namespace mlir {
class RewritePatternSet;
}

namespace lacuna {
/// bf16 arithmetic becomes f32 arithmetic and, unless the target has
/// instructions that convert from and to bf16, conversions become integer
/// arithmetic. f16 math ops that stay are done in f32.
void addNarrowFloatPatterns(mlir::RewritePatternSet &patterns, bool converts);
} // namespace lacuna

#endif // LACUNA_LIB_LOWERING_EXPANDNARROWFLOATS_H
