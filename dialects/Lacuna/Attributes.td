//===- Attributes.td - Enumerations and attributes of the dialect ---------===//
#ifndef LACUNA_ATTRIBUTES_TD
#define LACUNA_ATTRIBUTES_TD

include "Lacuna/Dialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

class Lacuna_Case<string symbol, int value, string text>
    : I32EnumAttrCase<symbol, value, text>;

/// An enumeration and its attribute, printed as a bare keyword in assembly
/// formats. It prints a space in front of itself: formats write `` before it.
class Lacuna_EnumInfo<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::lacuna";
  let genSpecializedAttr = 0;
}
class Lacuna_EnumAttr<EnumAttrInfo info, string mnemonic>
    : EnumAttr<Lacuna_Dialect, info, mnemonic>;

def Lacuna_LayoutInfo : Lacuna_EnumInfo<"Layout",
    "order of batch, channel and space", [
      Lacuna_Case<"ChannelsFirst", 0, "channels_first">,
      Lacuna_Case<"ChannelsLast", 1, "channels_last">]>;
def Lacuna_Layout : Lacuna_EnumAttr<Lacuna_LayoutInfo, "layout">;

def Lacuna_AttentionLayoutInfo : Lacuna_EnumInfo<"AttentionLayout",
    "order of batch, head, sequence and depth", [
      Lacuna_Case<"BHSD", 0, "bhsd">, Lacuna_Case<"BSHD", 1, "bshd">]>;
def Lacuna_AttentionLayout
    : Lacuna_EnumAttr<Lacuna_AttentionLayoutInfo, "attention_layout">;

def Lacuna_CausalInfo : Lacuna_EnumInfo<"Causal", "which keys a query may see", [
    Lacuna_Case<"None", 0, "none">, Lacuna_Case<"TopLeft", 1, "top_left">,
    Lacuna_Case<"BottomRight", 2, "bottom_right">]>;
def Lacuna_Causal : Lacuna_EnumAttr<Lacuna_CausalInfo, "causal">;

def Lacuna_PoolModeInfo : Lacuna_EnumInfo<"PoolMode", "what a window yields", [
    Lacuna_Case<"Max", 0, "max">, Lacuna_Case<"Average", 1, "average">,
    Lacuna_Case<"Lp", 2, "lp">]>;
def Lacuna_PoolMode : Lacuna_EnumAttr<Lacuna_PoolModeInfo, "pool_mode">;

def Lacuna_IndexModeInfo : Lacuna_EnumInfo<"IndexMode",
    "what the indices of a maximum count", [
      Lacuna_Case<"Whole", 0, "whole">, Lacuna_Case<"Plane", 1, "plane">]>;
def Lacuna_IndexMode : Lacuna_EnumAttr<Lacuna_IndexModeInfo, "index_mode">;

def Lacuna_PyramidWindowsInfo : Lacuna_EnumInfo<"PyramidWindows",
    "how a map is cut into bins", [
      Lacuna_Case<"Adaptive", 0, "adaptive">, Lacuna_Case<"SPP", 1, "spp">]>;
def Lacuna_PyramidWindows
    : Lacuna_EnumAttr<Lacuna_PyramidWindowsInfo, "pyramid_windows">;

def Lacuna_ActivationKindInfo : Lacuna_EnumInfo<"ActivationKind",
    "a scalar function", [
      Lacuna_Case<"Step", 0, "step">, Lacuna_Case<"Sign", 1, "sign">,
      Lacuna_Case<"Relu", 2, "relu">, Lacuna_Case<"Relu6", 3, "relu6">,
      Lacuna_Case<"LeakyRelu", 4, "leaky_relu">,
      Lacuna_Case<"Elu", 5, "elu">, Lacuna_Case<"Celu", 6, "celu">,
      Lacuna_Case<"Selu", 7, "selu">,
      Lacuna_Case<"ThresholdedRelu", 8, "thresholded_relu">,
      Lacuna_Case<"Softplus", 9, "softplus">,
      Lacuna_Case<"Softsign", 10, "softsign">,
      Lacuna_Case<"Sigmoid", 11, "sigmoid">,
      Lacuna_Case<"LogSigmoid", 12, "log_sigmoid">,
      Lacuna_Case<"HardSigmoid", 13, "hard_sigmoid">,
      Lacuna_Case<"Tanh", 14, "tanh">,
      Lacuna_Case<"HardTanh", 15, "hard_tanh">,
      Lacuna_Case<"TanhShrink", 16, "tanh_shrink">,
      Lacuna_Case<"SoftShrink", 17, "soft_shrink">,
      Lacuna_Case<"HardShrink", 18, "hard_shrink">,
      Lacuna_Case<"Silu", 19, "silu">,
      Lacuna_Case<"HardSwish", 20, "hard_swish">,
      Lacuna_Case<"Mish", 21, "mish">,
      Lacuna_Case<"Gelu", 22, "gelu">,
      Lacuna_Case<"GeluTanh", 23, "gelu_tanh">,
      Lacuna_Case<"QuickGelu", 24, "quick_gelu">,
      Lacuna_Case<"Shrink", 25, "shrink">,
      Lacuna_Case<"ScaledTanh", 26, "scaled_tanh">]>;
def Lacuna_ActivationKind
    : Lacuna_EnumAttr<Lacuna_ActivationKindInfo, "activation_kind">;

def Lacuna_GateKindInfo : Lacuna_EnumInfo<"GateKind", "a gated linear unit", [
    Lacuna_Case<"Glu", 0, "glu">, Lacuna_Case<"ReGlu", 1, "reglu">,
    Lacuna_Case<"GeGlu", 2, "geglu">, Lacuna_Case<"SwiGlu", 3, "swiglu">,
    Lacuna_Case<"Bilinear", 4, "bilinear">]>;
def Lacuna_GateKind : Lacuna_EnumAttr<Lacuna_GateKindInfo, "gate_kind">;

def Lacuna_ResizeModeInfo : Lacuna_EnumInfo<"ResizeMode", "interpolation", [
    Lacuna_Case<"Nearest", 0, "nearest">, Lacuna_Case<"Linear", 1, "linear">,
    Lacuna_Case<"Cubic", 2, "cubic">]>;
def Lacuna_ResizeMode : Lacuna_EnumAttr<Lacuna_ResizeModeInfo, "resize_mode">;

def Lacuna_CoordinatesInfo : Lacuna_EnumInfo<"Coordinates",
    "from output to input coordinates", [
      Lacuna_Case<"HalfPixel", 0, "half_pixel">,
      Lacuna_Case<"PytorchHalfPixel", 1, "pytorch_half_pixel">,
      Lacuna_Case<"AlignCorners", 2, "align_corners">,
      Lacuna_Case<"Asymmetric", 3, "asymmetric">,
      Lacuna_Case<"HalfPixelSymmetric", 4, "half_pixel_symmetric">,
      Lacuna_Case<"TfCropAndResize", 5, "tf_crop_and_resize">]>;
def Lacuna_Coordinates
    : Lacuna_EnumAttr<Lacuna_CoordinatesInfo, "coordinates">;

def Lacuna_NearestRoundingInfo : Lacuna_EnumInfo<"NearestRounding",
    "which neighbour is the nearest", [
      Lacuna_Case<"RoundPreferFloor", 0, "round_prefer_floor">,
      Lacuna_Case<"RoundPreferCeil", 1, "round_prefer_ceil">,
      Lacuna_Case<"Floor", 2, "floor">, Lacuna_Case<"Ceil", 3, "ceil">]>;
def Lacuna_NearestRounding
    : Lacuna_EnumAttr<Lacuna_NearestRoundingInfo, "nearest_rounding">;

def Lacuna_ShuffleOrderInfo : Lacuna_EnumInfo<"ShuffleOrder",
    "how channels hold the pixels of a block", [
      Lacuna_Case<"CRD", 0, "crd">, Lacuna_Case<"DCR", 1, "dcr">]>;
def Lacuna_ShuffleOrder
    : Lacuna_EnumAttr<Lacuna_ShuffleOrderInfo, "shuffle_order">;

def Lacuna_SamplePaddingInfo : Lacuna_EnumInfo<"SamplePadding",
    "what lies outside of the input", [
      Lacuna_Case<"Zeros", 0, "zeros">, Lacuna_Case<"Border", 1, "border">,
      Lacuna_Case<"Reflection", 2, "reflection">]>;
def Lacuna_SamplePadding
    : Lacuna_EnumAttr<Lacuna_SamplePaddingInfo, "sample_padding">;

def Lacuna_ScatterReductionInfo : Lacuna_EnumInfo<"ScatterReduction",
    "what happens to the element that was there", [
      Lacuna_Case<"None", 0, "none">, Lacuna_Case<"Add", 1, "add">,
      Lacuna_Case<"Mul", 2, "mul">, Lacuna_Case<"Max", 3, "max">,
      Lacuna_Case<"Min", 4, "min">]>;
def Lacuna_ScatterReduction
    : Lacuna_EnumAttr<Lacuna_ScatterReductionInfo, "scatter_reduction">;

def Lacuna_ExtremeInfo : Lacuna_EnumInfo<"Extreme", "which end", [
    Lacuna_Case<"Max", 0, "max">, Lacuna_Case<"Min", 1, "min">]>;
def Lacuna_Extreme : Lacuna_EnumAttr<Lacuna_ExtremeInfo, "extreme">;

def Lacuna_CumulativeKindInfo : Lacuna_EnumInfo<"CumulativeKind",
    "what accumulates", [
      Lacuna_Case<"Sum", 0, "sum">, Lacuna_Case<"Prod", 1, "prod">]>;
def Lacuna_CumulativeKind
    : Lacuna_EnumAttr<Lacuna_CumulativeKindInfo, "cumulative_kind">;

def Lacuna_LossReductionInfo : Lacuna_EnumInfo<"LossReduction",
    "how losses of elements become one", [
      Lacuna_Case<"None", 0, "none">, Lacuna_Case<"Mean", 1, "mean">,
      Lacuna_Case<"Sum", 2, "sum">]>;
def Lacuna_LossReduction
    : Lacuna_EnumAttr<Lacuna_LossReductionInfo, "loss_reduction">;

def Lacuna_VarianceInfo : Lacuna_EnumInfo<"Variance",
    "the divisor of a variance: n or n - 1", [
      Lacuna_Case<"Biased", 0, "biased">,
      Lacuna_Case<"Unbiased", 1, "unbiased">]>;
def Lacuna_Variance : Lacuna_EnumAttr<Lacuna_VarianceInfo, "variance">;

def Lacuna_AbsentClassInfo : Lacuna_EnumInfo<"AbsentClass",
    "the score of a class in neither labels nor predictions", [
      Lacuna_Case<"Skip", 0, "skip">, Lacuna_Case<"Zero", 1, "zero">,
      Lacuna_Case<"One", 2, "one">, Lacuna_Case<"NaN", 3, "nan">]>;
def Lacuna_AbsentClass
    : Lacuna_EnumAttr<Lacuna_AbsentClassInfo, "absent_class">;

def Lacuna_RandomKindInfo : Lacuna_EnumInfo<"RandomKind", "a distribution", [
    Lacuna_Case<"Uniform", 0, "uniform">, Lacuna_Case<"Normal", 1, "normal">,
    Lacuna_Case<"Bernoulli", 2, "bernoulli">]>;
def Lacuna_RandomKind : Lacuna_EnumAttr<Lacuna_RandomKindInfo, "random_kind">;

#endif // LACUNA_ATTRIBUTES_TD
