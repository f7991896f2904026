//===- Copy.td - Copies between global and shared memory ----------------===//
#ifndef HOPPER_COPY_TD
#define HOPPER_COPY_TD

include "Hopper/Dialect.td"

class Hopper_CopyOp<string mnemonic, list<Trait> traits = []>
    : Hopper_Op<mnemonic, traits> {
  let hasVerifier = 1;
}

def Hopper_LoadOp : Hopper_CopyOp<"load", [AttrSizedOperandSegments]> {
  let summary = "copies a box of a tensor to shared memory, by TMA";
  let description = [{
    The box at `indices`, the innermost dimension first, of the tensor behind
    `map`, to `address`; zero where the box leaves the tensor. Its bytes count
    at `barrier`. One thread issues it.

    With `offsets` the map is one of pixels (im2col): consecutive ones from
    `indices` on, each moved by `offsets`, innermost first. With `multicast`
    the box goes to the same place in each block of the cluster whose bit is
    set, and counts at the barrier there.

    Constraints:
    * C1. There are 1 to 5 indices.
    * C2. `offsets`, if any, are two less than the indices.
    * C3. `multicast` is 0 (this block) to 65535.

    Example: `hopper.load %map[%x, %y] to %address, %barrier`
  }];
  let arguments = (ins Hopper_Map:$map, Variadic<I32>:$indices, I32:$address,
                       I32:$barrier, Variadic<I32>:$offsets,
                       DefaultValuedAttr<I64Attr, "0">:$multicast);
  let assemblyFormat = [{
    $map `[` $indices `]` (`offset` `[` $offsets^ `]`)? `to` $address `,`
    $barrier (`multicast` `=` $multicast^)? attr-dict `:` type($map)
  }];
}

def Hopper_StoreOp : Hopper_CopyOp<"store"> {
  let summary = "copies a box of shared memory to a tensor, by TMA";
  let description = [{
    What lies outside of the tensor is not written. With `add` the box is added
    to the tensor, element by element. Part of the thread's group of stores,
    which `store_commit` closes and `store_wait` waits for.

    Constraints:
    * C1. There are 1 to 5 indices.

    Example: `hopper.store %address to %map[%x, %y]`
  }];
  let arguments = (ins I32:$address, Hopper_Map:$map, Variadic<I32>:$indices,
                       UnitAttr:$add);
  let assemblyFormat = [{
    (`add` $add^)? $address `to` $map `[` $indices `]` attr-dict `:` type($map)
  }];
}

def Hopper_LoadLineOp : Hopper_CopyOp<"load_line"> {
  let summary = "copies bytes that lie together to shared memory";
  let description = [{
    `bytes` from `source` in global memory to `address`, both multiples of 16;
    they count at `barrier`. One thread issues it.

    Constraints:
    * C1. `bytes` is a multiple of 16, up to 2^16.

    Example: `hopper.load_line %source to %address, %barrier, 256`
  }];
  let arguments = (ins Hopper_Map:$source, I32:$address, I32:$barrier,
                       I64Attr:$bytes);
  let assemblyFormat = [{
    $source `to` $address `,` $barrier `,` $bytes attr-dict `:` type($source)
  }];
}

def Hopper_StoreCommitOp : Hopper_Op<"store_commit"> {
  let summary = "closes a group of stores";
  let description = [{
    Example: `hopper.store_commit`
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_StoreWaitOp : Hopper_CopyOp<"store_wait"> {
  let summary = "waits until stores of the thread have read their source";
  let description = [{
    Returns when at most `pending` of the groups closed last still read; with
    `written`, when what the others wrote is there.

    Constraints:
    * C1. `pending` is 0 to 7.

    Example: `hopper.store_wait`
  }];
  let arguments = (ins DefaultValuedAttr<I64Attr, "0">:$pending,
                       UnitAttr:$written);
  let assemblyFormat = [{
    (`written` $written^)? (`pending` `=` $pending^)? attr-dict
  }];
}

def Hopper_StoreMatrixOp : Hopper_Op<"store_matrix"> {
  let summary = "stores four 8 x 8 matrices of 16-bit elements";
  let description = [{
    Lane l gives the address of row l % 8 of matrix l / 8; with `transpose`, of
    its column.

    Example: `hopper.store_matrix %fragment, %address`
  }];
  let arguments = (ins VectorOfLengthAndType<[4], [I32]>:$fragment,
                       I32:$address, UnitAttr:$transpose);
  let assemblyFormat = [{
    (`transpose` $transpose^)? $fragment `,` $address attr-dict `:`
    type($fragment)
  }];
}

#endif // HOPPER_COPY_TD
