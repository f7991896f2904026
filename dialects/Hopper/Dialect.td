//===- Dialect.td - The dialect and what its ops share ------------------===//
#ifndef HOPPER_DIALECT_TD
#define HOPPER_DIALECT_TD

include "mlir/IR/OpBase.td"

def Hopper_Dialect : Dialect {
  let name = "hopper";
  let cppNamespace = "::lacuna::hopper";
  let summary = "Warpgroups, tensor cores and bulk copies of sm_90a";
  let description = [{
    The ops of tensor-core kernels. A warpgroup is 128 threads; addresses in
    shared memory and of barriers are i32, matrix descriptors i64, tensor maps
    pointers to 128 constant bytes. Values are those of one thread: the thread
    t of a warpgroup holds of a 64 x n accumulator, at 4 j + e, row
    16 (t / 32) + t % 32 / 4 + 8 (e / 2) and column 8 j + 2 (t % 4) + e % 2.
    `lacuna-lower-hopper` turns them into PTX.
  }];
}

class Hopper_Op<string mnemonic, list<Trait> traits = []>
    : Op<Hopper_Dialect, mnemonic, traits>;

def Hopper_Map : Type<
    CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self)">,
    "pointer to a tensor map", "::mlir::LLVM::LLVMPointerType">;

#endif // HOPPER_DIALECT_TD
