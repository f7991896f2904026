//===- Dialect.td - The lacuna dialect ------------------------------------===//
// Graph ops for networks of attention and atrous convolution that upstream
// dialects lack. Value semantics on ranked tensors.
//===----------------------------------------------------------------------===//
#ifndef LACUNA_DIALECT_TD
#define LACUNA_DIALECT_TD

include "Lacuna/Interfaces.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Lacuna_Dialect : Dialect {
  let name = "lacuna";
  let cppNamespace = "::lacuna";
  let summary = "Attention, atrous convolution, pooling pyramids";
  let description = [{
    Graph ops on ranked tensors with value semantics. What upstream says well
    (`linalg`, `tensor`, `arith`, `math`, `scf`) is not said again here: matrix
    products are `linalg.contract`, element-wise maths is `linalg.generic`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::linalg::LinalgDialect",
    "::mlir::tensor::TensorDialect"];
}

class Lacuna_Op<string mnemonic, list<Trait> traits = []>
    : Op<Lacuna_Dialect, mnemonic, traits>;

/// A pure op whose result types follow from operands and attributes.
class Lacuna_InferredOp<string mnemonic, list<Trait> traits = []>
    : Lacuna_Op<mnemonic, !listconcat(
        [Pure, DeclareOpInterfaceMethods<Lacuna_ResultTypesInterface>],
        traits)>;

/// Ranked tensors of the floating-point types Lacuna computes in.
def Lacuna_FloatTensor : RankedTensorOf<[F64, F32, F16, BF16]>;
/// Ranked tensors of integers: labels, indices, masks.
def Lacuna_IntegerTensor : RankedTensorOf<[AnySignlessInteger, Index]>;

/// Ranked tensors of numbers.
def Lacuna_NumberTensor
    : RankedTensorOf<[F64, F32, F16, BF16, AnySignlessInteger, Index]>;

#endif // LACUNA_DIALECT_TD
