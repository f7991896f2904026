module {
  func.func @channels_last(%arg0: tensor<2x9x4xbf16>, %arg1: tensor<0x4x3xbf16>) -> tensor<2x4x0xbf16> {
    %0 = lacuna.convolution %arg0, %arg1 strides = [2] dilations = [1] pads = [1] to [0] layout = channels_last : (tensor<2x9x4xbf16>, tensor<0x4x3xbf16>) -> tensor<2x4x0xbf16>
    return %0 : tensor<2x4x0xbf16>
  }
}

{-#
  external_resources: {
    mlir_reproducer: {
      pipeline: "builtin.module(func.func(lacuna-normalize-linalg,lacuna-fold-batch-norm,lacuna-fuse-attention,lacuna-nest-pools,lacuna-split-transposed-convolutions,lacuna-channels-last{lanes=32},lacuna-sink-transposes,lacuna-pack-contractions{vector-bits=512},lacuna-lower-resizes), canonicalize{  max-iterations=10 max-num-rewrites=-1 region-simplify=normal test-convergence=false top-down=true}, cse)",
      disable_threading: true,
      verify_each: true
    }
  }
#-}
