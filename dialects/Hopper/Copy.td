//===- Copy.td - Copies between global and shared memory ----------------===//
#ifndef HOPPER_COPY_TD
#define HOPPER_COPY_TD

include "Hopper/Dialect.td"

class Hopper_CopyOp<string mnemonic> : Hopper_Op<mnemonic> {
  let hasVerifier = 1;
}

def Hopper_LoadOp : Hopper_CopyOp<"load"> {
  let summary = "copies a box of a tensor to shared memory, by TMA";
  let description = [{
    The box at `indices`, the innermost dimension first, of the tensor behind
    `map`, to `address`; zero where the box leaves the tensor. Its bytes count
    at `barrier`. One thread issues it.

    Constraints:
    * C1. There are 1 to 5 indices.

    Example: `hopper.load %map[%x, %y] to %address, %barrier`
  }];
  let arguments = (ins Hopper_Map:$map, Variadic<I32>:$indices, I32:$address,
                       I32:$barrier);
  let assemblyFormat = [{
    $map `[` $indices `]` `to` $address `,` $barrier attr-dict `:` type($map)
  }];
}

def Hopper_StoreOp : Hopper_CopyOp<"store"> {
  let summary = "copies a box of shared memory to a tensor, by TMA";
  let description = [{
    What lies outside of the tensor is not written. Part of the thread's group
    of stores, which `store_commit` closes and `store_wait` waits for.

    Constraints:
    * C1. There are 1 to 5 indices.

    Example: `hopper.store %address to %map[%x, %y]`
  }];
  let arguments = (ins I32:$address, Hopper_Map:$map, Variadic<I32>:$indices);
  let assemblyFormat = [{
    $address `to` $map `[` $indices `]` attr-dict `:` type($map)
  }];
}

def Hopper_StoreCommitOp : Hopper_Op<"store_commit"> {
  let summary = "closes a group of stores";
  let description = [{
    Example: `hopper.store_commit`
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_StoreWaitOp : Hopper_Op<"store_wait"> {
  let summary = "waits until the stores of the thread have read their source";
  let description = [{
    Example: `hopper.store_wait`
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_StoreMatrixOp : Hopper_Op<"store_matrix"> {
  let summary = "stores four 8 x 8 matrices of 16-bit elements";
  let description = [{
    Lane l gives the address of row l % 8 of matrix l / 8.

    Example: `hopper.store_matrix %fragment, %address`
  }];
  let arguments = (ins VectorOfLengthAndType<[4], [I32]>:$fragment,
                       I32:$address);
  let assemblyFormat = "$fragment `,` $address attr-dict `:` type($fragment)";
}

#endif // HOPPER_COPY_TD
