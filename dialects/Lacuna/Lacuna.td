//===- Lacuna.td - Everything the lacuna dialect says ---------------------===//
#ifndef LACUNA_TD
#define LACUNA_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "Lacuna/Attention.td"
include "Lacuna/AttentionBackward.td"
include "Lacuna/OnlineAttention.td"
include "Lacuna/Contraction.td"
include "Lacuna/Convolution.td"
include "Lacuna/ConvolutionGradient.td"
include "Lacuna/Pooling.td"
include "Lacuna/AdaptivePooling.td"
include "Lacuna/PoolingGradient.td"
include "Lacuna/Activation.td"
include "Lacuna/Normalization.td"
include "Lacuna/GroupNormalization.td"
include "Lacuna/Resampling.td"
include "Lacuna/Sampling.td"
include "Lacuna/Indexing.td"
include "Lacuna/Ordering.td"
include "Lacuna/Random.td"
include "Lacuna/Loss.td"
include "Lacuna/Metrics.td"
include "Lacuna/Recompute.td"
include "Lacuna/Gradient.td"
include "Lacuna/Kernel.td"

#endif // LACUNA_TD
