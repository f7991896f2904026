//===- Multiply.td - Products on the tensor cores -----------------------===//
#ifndef HOPPER_MULTIPLY_TD
#define HOPPER_MULTIPLY_TD

include "Hopper/Dialect.td"

def Hopper_MultiplyOp : Hopper_Op<"multiply"> {
  let summary = "a product of a warpgroup: 64 x n, 16 deep a step";
  let description = [{
    result = (accumulator +) sum over steps of a b, on the tensor cores. It is
    only issued: the result may be used by `multiply` and `multiply_wait`, and
    `a` must stay until the wait.

    `a` is a descriptor, to which `a_steps` are added, or its elements in
    registers, four words a step; `b` is a descriptor, to which `b_steps` are
    added. `transpose_b`: the columns of b lie together; `transpose_a`: the
    rows of a do.

    Constraints:
    * C1. `result` has n / 2 elements; n is a multiple of 8, up to 256.
    * C2. There is at least one step; `a_steps` has as many when `a` is a
      descriptor, else `a` has four words for each.
    * C3. `accumulator` has the type of `result`.
    * C4. `element` is bf16 or f16.
    * C5. `transpose_a` needs a descriptor.

    Example:
    ```mlir
    %s = hopper.multiply %q, %k a_steps = [0, 2] b_steps = [0, 2]
        element = bf16 : (i64, i64) -> vector<64xf32>
    ```
  }];
  let arguments = (ins
    AnyTypeOf<[I64, VectorOfRankAndType<[1], [I32]>]>:$a, I64:$b,
    Optional<VectorOfRankAndType<[1], [F32]>>:$accumulator,
    DefaultValuedAttr<DenseI64ArrayAttr, "{}">:$a_steps,
    DenseI64ArrayAttr:$b_steps,
    TypeAttr:$element, UnitAttr:$transpose_b, UnitAttr:$transpose_a);
  let results = (outs VectorOfRankAndType<[1], [F32]>:$result);
  let assemblyFormat = [{
    $a `,` $b (`into` $accumulator^)? (`a_steps` `=` $a_steps^)?
    `b_steps` `=` $b_steps `element` `=` $element
    (`transpose_b` $transpose_b^)? (`transpose_a` $transpose_a^)? attr-dict `:`
    functional-type(operands, $result)
  }];
  let hasVerifier = 1;
}

def Hopper_MultiplyWaitOp : Hopper_Op<"multiply_wait", [
    AttrSizedOperandSegments]> {
  let summary = "waits for products, and gives them out";
  let description = [{
    Returns when at most `pending` of the products issued last are unfinished.
    `values` come out as `results`, to be used freely; `kept`, the registers
    that products read, stay until here.

    Constraints:
    * C1. `results` have the types of `values`.
    * C2. `pending` is 0 to 7.

    Example:
    ```mlir
    %r = hopper.multiply_wait %s pending = 1
        : (vector<64xf32>) -> vector<64xf32>
    ```
  }];
  let arguments = (ins Variadic<VectorOfRankAndType<[1], [F32]>>:$values,
                       Variadic<VectorOfRankAndType<[1], [I32]>>:$kept,
                       I64Attr:$pending);
  let results = (outs Variadic<VectorOfRankAndType<[1], [F32]>>:$results);
  let assemblyFormat = [{
    $values (`keep` $kept^)? `pending` `=` $pending attr-dict `:`
    functional-type(operands, results)
  }];
  let hasVerifier = 1;
}

#endif // HOPPER_MULTIPLY_TD
