//===- Kernel.td - Fused regions: one kernel, one launch ------------------===//
#ifndef LACUNA_KERNEL_TD
#define LACUNA_KERNEL_TD

include "Lacuna/Dialect.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/IR/SymbolInterfaces.td"

def Lacuna_KernelOp : Lacuna_Op<"kernel", [
    IsolatedFromAbove, Pure, SingleBlockImplicitTerminator<"YieldOp">]> {
  let summary = "ops that run as one launch";
  let description = [{
    Groups a root op with the producers and consumers fused into it. The body
    is isolated: each input is a block argument. All results are written by
    one launch; nothing inside is materialised unless it is yielded.

    Constraints:
    * C1. The block arguments have the types of `inputs`, in order.
    * C2. The terminator yields the types of `results`, in order.

    Example:
    ```mlir
    %r = lacuna.kernel "gemm_relu" (%a, %b) {
    ^bb0(%x: tensor<4x8xf32>, %y: tensor<8x4xf32>):
      ...
      lacuna.yield %z : tensor<4x4xf32>
    } : (tensor<4x8xf32>, tensor<8x4xf32>) -> tensor<4x4xf32>
    ```
  }];
  let arguments = (ins StrAttr:$name, Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $name `(` $inputs `)` $body attr-dict `:` functional-type($inputs, $results)
  }];
  let hasVerifier = 1;
}

def Lacuna_YieldOp : Lacuna_Op<"yield", [Pure, Terminator, ReturnLike]> {
  let summary = "ends a region of a lacuna op with its values";
  let description = [{
    Example: `lacuna.yield %score : f32`
  }];
  let arguments = (ins Variadic<AnyType>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
  let builders = [OpBuilder<(ins), [{ /* no values */ }]>];
}

def Lacuna_LaunchOp : Lacuna_Op<"launch", [
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs an outlined kernel over its whole range";
  let description = [{
    Calls a kernel function `(begin, end, buffers...)` for chunks of its range,
    on all threads. Reads and writes `buffers`, in the order of the kernel's
    arguments after the range.

    Constraints:
    * C1. `kernel` names a function with two `index` arguments and then the
      types of `buffers`; i8 stands for i1 there.

    Example: `lacuna.launch @kernel_0(%a, %b) : memref<4xf32>, memref<4xf32>`
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel,
                       Variadic<AnyMemRef>:$buffers);
  let assemblyFormat = [{
    $kernel `(` $buffers `)` attr-dict `:` type($buffers)
  }];
}

def Lacuna_CheckOp : Lacuna_Op<"check"> {
  let summary = "a run-time check inside of a kernel";
  let description = [{
    When `condition` is false the running call fails with `message`; what the
    kernel writes is then undefined, and it must still not access memory out
    of bounds. Used where correctness depends on data: indices of a gather.

    Example: `lacuna.check %inside, "index out of range"`
  }];
  let arguments = (ins I1:$condition, StrAttr:$message);
  let assemblyFormat = "$condition `,` $message attr-dict";
}

#endif // LACUNA_KERNEL_TD
