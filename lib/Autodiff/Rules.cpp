//===- Rules.cpp - Registers the rules of all families --------------------===//
// Rules are attached when their dialect is loaded.
//===----------------------------------------------------------------------===//
#include "Rules.h"
#include "lacuna/Autodiff/Passes.h"
#include "lacuna/IR/Dialect.h"

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace lacuna;

void lacuna::registerAdjoints(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, linalg::LinalgDialect *) {
    attachContractionRules(context);
    attachElementWiseRules(context);
    attachLinalgMovementRules(context);
    attachReductionRules(context);
  });
  registry.addExtension(+[](MLIRContext *context, tensor::TensorDialect *) {
    attachTensorMovementRules(context);
  });
  registry.addExtension(+[](MLIRContext *context, LacunaDialect *) {
    attachActivationRules(context);
    attachAttentionRules(context);
    attachBatchNormalizationRules(context);
    attachConvolutionRules(context);
    attachPoolingRules(context);
    attachLocalResponseNormRules(context);
    attachResamplingRules(context);
    attachSamplingRules(context);
    attachGatedRules(context);
    attachIndexingRules(context);
    attachLossRules(context);
    attachNormalizationRules(context);
    attachOrderingRules(context);
    attachRandomRules(context);
    attachRecomputeRules(context);
    attachScatterRules(context);
    attachSoftmaxRules(context);
  });
}
