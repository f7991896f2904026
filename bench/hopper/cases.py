"""The cases: what is checked for its numbers, what is timed."""


def case(name, d=128, dv=None, h=16, hk=None, b=4, s=4096, sk=None,
         element="bf16", options="", layout="bhsd", timed=False, score="",
         cap=None, mask="", lengths=False, lse=False):
    return dict(kind="attention", name=name, d=d, dv=dv or d, h=h,
                hk=hk or h, b=b, s=s, sk=sk or s, element=element,
                options=options, layout=layout, timed=timed, score=score,
                cap=cap, mask=mask, lengths=lengths, lse=lse)


def packed(name, sequences, keys=None, rest=0, **options):
    """Sequences one behind the other, then `rest` rows of none."""
    keys = keys or sequences
    made = case(name, b=len(sequences), s=sum(sequences) + rest,
                sk=sum(keys) + rest, **options)
    return made | dict(kind="packed", sequences=sequences, keys=keys,
                       twice=keys is not sequences)


CAUSAL = "causal = top_left"
CHECKED = [
    case("ragged", b=1, h=3, s=333, sk=257, d=96),
    case("tail", b=1, h=3, s=1025, sk=4001),
    case("narrow", b=2, h=4, s=200, d=40, element="f16"),
    case("bshd", b=2, h=4, s=320, layout="bshd"),
    case("grouped", b=2, h=8, hk=2, s=640, options=CAUSAL, d=64),
    case("bottom", b=1, h=4, s=250, sk=777, options="causal = bottom_right"),
    case("unseen", b=1, h=4, s=777, sk=250, options="causal = bottom_right"),
    case("window", b=1, h=4, s=1500,
         options=CAUSAL + " window_left = 200"),
    case("band", b=1, h=4, s=1100, d=64,
         options="window_left = 77 window_right = 130"),
    case("deep", b=1, h=4, s=300, d=256, options=CAUSAL),
    case("deep_full", b=1, h=4, s=1111, d=256),
    case("latent", b=1, h=4, s=500, d=192, dv=128),
    case("latent_causal", b=1, h=4, s=500, d=192, options=CAUSAL),
]
CHECKED += [
    case("opt_lse", b=2, h=3, s=333, sk=257, d=64, lse=True),
    case("opt_lse_causal", b=1, h=3, s=500, sk=250, lse=True,
         options="causal = bottom_right"),
    case("opt_cap", b=2, h=4, s=300, cap=20.0, lse=True),
    case("opt_alibi", b=2, h=4, s=500, score="alibi", options=CAUSAL),
    case("opt_document", b=1, h=4, s=700, score="document", lse=True),
    case("opt_local", b=1, h=3, s=1000, d=64, score="local"),
    case("opt_documents", b=2, h=2, s=3001, score="document",
         options=CAUSAL),
    case("opt_cap_alibi", b=1, h=4, s=300, score="alibi", cap=10.0),
    case("opt_mask", b=2, h=2, s=333, sk=414, mask="f32"),
    case("opt_mask_tile", b=2, h=2, s=333, sk=416, mask="f16", lse=True),
    case("opt_mask_tile_d64", b=1, h=3, s=500, sk=504, d=64, mask="f16",
         options=CAUSAL),
    case("opt_mask_row", b=2, h=4, s=200, sk=257, mask="bf16"),
    case("opt_mask_bool", b=1, h=4, s=300, sk=300, mask="i1", lse=True),
    case("opt_lengths", b=4, h=2, s=400, sk=500, lengths=True, lse=True),
    case("opt_lengths_causal", b=4, h=2, s=400, d=64, lengths=True,
         options=CAUSAL),
]
SIZES = [(8, 2048), (4, 4096), (1, 16384)]
TIMED = [case(f"d{d}_s{s}_{'causal' if options else 'full'}", d=d,
              h=2048 // d, b=b, s=s, options=options, timed=True)
         for d in (64, 128, 256) for options in ("", CAUSAL)
         for b, s in SIZES]


def matmul(name, m, n, k, b=0, ta=False, tb=False, element="bf16", out=None,
           follow=(), timed=False):
    return dict(kind="matmul", name=name, m=m, n=n, k=k, b=b, ta=ta, tb=tb,
                element=element, out=out or element, follow=list(follow),
                timed=timed)


MATMULS = [
    matmul("mm_nn", 333, 264, 200),
    matmul("mm_nt", 333, 264, 200, tb=True),
    matmul("mm_tn", 336, 264, 200, ta=True),
    matmul("mm_tt", 336, 257, 200, ta=True, tb=True),
    matmul("mm_batch", 200, 136, 72, b=5, element="f16"),
    matmul("mm_small", 40, 64, 1000, tb=True),
    matmul("mm_parts", 512, 512, 8192, tb=True),
    matmul("mm_single", 300, 200, 128, tb=True, out="f32",
           follow=["single"]),
    matmul("mm_residual", 300, 1000, 512, tb=True,
           follow=["bias", "relu", "residual"]),
    matmul("mm_gelu", 512, 768, 512, tb=True, follow=["bias", "gelu"]),
]
SHAPES = [(4096, 4096, 4096), (8192, 8192, 8192), (16384, 2048, 2048),
          (2048, 8192, 2048), (512, 4096, 4096), (8192, 1024, 8192)]
LINEARS = [(4096, 4096, 4096), (16384, 2048, 2048), (8192, 8192, 8192)]
MATMULS += [matmul(f"mm_{m}x{n}x{k}", m, n, k, tb=True, timed=True)
            for m, n, k in SHAPES]
MATMULS += [matmul(f"linear_gelu_{m}x{n}x{k}", m, n, k, tb=True, timed=True,
                   follow=["bias", "gelu"]) for m, n, k in LINEARS]
MATMULS += [matmul("mm_swiglu", 333, 264, 200, follow=["swiglu"]),
            matmul("mm_swiglu_nt", 600, 512, 512, tb=True,
                   follow=["swiglu"])]
MATMULS += [matmul(f"linear_swiglu_{m}x{n}x{k}", m, n, k, tb=True, timed=True,
                   follow=["swiglu"])
            for m, n, k in [(4096, 4096, 4096), (16384, 2048, 2048),
                            (8192, 8192, 2048)]]


def convolution(name, n, c, o, hw, dil=1, kernel=3, stride=1, pad=None,
                element="bf16", follow=(), timed=False):
    h, w = hw if isinstance(hw, tuple) else (hw, hw)
    reach = dil * (kernel - 1)
    pad = reach // 2 if pad is None else pad
    p, q = [(size + 2 * pad - reach - 1) // stride + 1 for size in (h, w)]
    return dict(kind="convolution", name=name, n=n, c=c, o=o, h=h, w=w, p=p,
                q=q, dil=dil, kernel=kernel, stride=stride, pad=pad,
                element=element, follow=list(follow), timed=timed)


CONVOLUTIONS = [
    convolution("conv_plain", 2, 64, 128, 20),
    convolution("conv_tail", 3, 40, 72, (13, 22), dil=2, element="f16"),
    convolution("conv_stride", 2, 64, 64, 31, stride=2),
    convolution("conv_dead", 2, 64, 256, 33, dil=12),
    convolution("conv_all_dead", 1, 64, 64, 9, dil=18),
    convolution("conv_5x5", 1, 128, 64, 17, kernel=5, pad=1),
    convolution("conv_1x1_stride", 2, 128, 192, 14, kernel=1, stride=2),
    convolution("conv_parts", 1, 1024, 64, 33, dil=6),
    convolution("conv_few", 1, 64, 24, 16),
    convolution("conv_relu", 2, 64, 128, 16, follow=["bias", "relu"]),
]
CONVOLUTIONS += [
    convolution(f"conv_n{n}_c{c}_o{o}_hw{hw}_dil{dil}", n, c, o, hw, dil=dil,
                timed=True)
    for n, c, o, hw, dil in [
        (8, 256, 256, 64, 1), (8, 256, 256, 64, 2), (8, 2048, 256, 33, 6),
        (8, 2048, 256, 33, 12), (8, 2048, 256, 33, 18),
        (8, 2048, 256, 65, 12), (8, 512, 512, 64, 4), (16, 64, 64, 128, 2)]]


def filter_gradient(name, n, c, o, hw, **options):
    return convolution(name, n, c, o, hw, **options) | dict(
        kind="filter_gradient")


def input_gradient(name, n, c, o, hw, **options):
    """A convolution that swaps the channels."""
    return convolution(name, n, o, c, hw, **options) | dict(
        kind="input_gradient")


GRADIENTS = [
    filter_gradient("dw_plain", 2, 64, 128, 20),
    filter_gradient("dw_tail", 3, 40, 72, (13, 22), dil=2, element="f16"),
    filter_gradient("dw_stride", 2, 64, 64, 31, stride=2),
    filter_gradient("dw_dead", 2, 64, 256, 33, dil=12),
    filter_gradient("dw_all_dead", 1, 64, 64, 9, dil=18),
    filter_gradient("dw_5x5", 1, 128, 64, 17, kernel=5, pad=1),
    filter_gradient("dw_1x1_stride", 2, 128, 192, 14, kernel=1, stride=2),
]
BACKWARD = [(8, 256, 256, 64, 2), (8, 2048, 256, 33, 6),
            (8, 2048, 256, 33, 12), (8, 2048, 256, 33, 18)]
GRADIENTS += [
    make(f"{kind}_n{n}_c{c}_o{o}_hw{hw}_dil{dil}", n, c, o, hw, dil=dil,
         timed=True)
    for n, c, o, hw, dil in BACKWARD
    for kind, make in (("dx", input_gradient), ("dw", filter_gradient))]
WIDE = [
    case("att_gqa", h=64, hk=8, d=128, b=1, options=CAUSAL, timed=True),
    case("att_window", d=128, options=CAUSAL + " window_left = 1024",
         timed=True),
    case("att_s512", b=32, s=512, timed=True),
    case("att_d96", d=96, timed=True),
    case("att_latent", d=192, dv=128, options=CAUSAL, timed=True),
    case("att_ragged", s=4001, timed=True),
    case("flex_plain", timed=True),
    case("flex_alibi", score="alibi", options=CAUSAL, timed=True),
    case("flex_document", score="document", timed=True),
    case("flex_cap", cap=30.0, timed=True),
    case("flex_mask", b=1, mask="bf16", timed=True),
]
# Lengths of the packed batches: exp(0.8 randn + 6.7) of torch's generator with
# seed 0, held between 32 and 4096.
LENGTHS = {64: [330, 323, 664, 574, 1601, 1413, 630, 149, 1051, 295, 1074, 1039,
                894, 2186, 1985, 666, 275, 209, 1278, 1532, 1311, 234, 618,
                3577, 1480, 508, 707, 940, 2468, 2890, 1732, 413],
           128: [497, 833, 547, 991, 1154, 888, 1356, 1156, 748, 1531, 644,
                 847, 1234, 4096, 250, 228, 474, 1633, 1889, 936, 675, 593,
                 1254, 592, 568, 1473, 2742, 4096, 238, 302, 3483, 522]}
PACKED = [
    packed("packed_plain", [5, 0, 300, 128, 129, 1], h=3, d=64, rest=70,
           lse=True),
    packed("packed_causal", [640, 33, 1, 500], h=4, hk=2, options=CAUSAL,
           lse=True),
    packed("packed_keys", [200, 0, 130, 64], [77, 50, 0, 512], h=2, d=96,
           options="causal = bottom_right", lse=True),
    packed("packed_window", [1000, 300], h=2, d=64, element="f16",
           options=CAUSAL + " window_left = 100"),
    packed("packed_band", [400, 200, 7], h=2, d=256,
           options="window_left = 50 window_right = 90", rest=1),
    packed("packed_score", [300, 200], h=4, score="alibi", cap=20.0),
    packed("packed_none", [0, 0], h=2, rest=200, lse=True),
]
PACKED += [packed(f"packed_d{d}_causal", LENGTHS[d], d=d, h=2048 // d,
                  options=CAUSAL, timed=True) for d in (64, 128)]
BOTTOM = "causal = bottom_right"
DECODE = [
    case("decode_one", b=2, h=8, hk=2, s=1, sk=5000, lse=True),
    case("decode_few", b=1, h=4, s=5, sk=4100, options=BOTTOM, lse=True),
    case("decode_lengths", b=4, h=8, hk=1, s=1, sk=3000, d=64, lengths=True,
         lse=True),
    case("decode_bshd", b=1, h=8, hk=2, s=6, sk=9000, layout="bshd",
         element="f16"),
    case("decode_deep", b=1, h=2, s=30, sk=4096, d=256, cap=30.0,
         options=BOTTOM + " window_left = 3000"),
    case("decode_tiles", b=1, h=3, s=200, sk=6000, lse=True),
    case("decode_mask", b=1, h=2, s=70, sk=4096, mask="f16"),
    case("decode_many", b=1, h=4, hk=1, s=1, sk=20000, d=128),
    case("decode_32k", b=1, h=64, hk=8, s=1, sk=32768, timed=True),
    case("decode_d64", b=2, h=64, hk=8, s=1, sk=32768, d=64, timed=True),
    case("decode_b8", b=8, h=64, hk=8, s=1, sk=32768, timed=True),
]


def backward(name, **options):
    return {**case(name, **options), "kind": "backward"}


def packed_backward(name, sequences, keys=None, **options):
    return packed(name, sequences, keys, **options) | dict(
        kind="packed_backward")


ATTENTION_BACKWARD = [
    backward("bwd_ragged", b=1, h=3, s=333, sk=257),
    backward("bwd_d64", b=2, h=3, s=500, sk=414, d=64),
    backward("bwd_d96", b=1, h=2, s=300, d=96),
    backward("bwd_narrow", b=2, h=4, s=200, d=40, element="f16"),
    backward("bwd_values", b=1, h=2, s=320, d=64, dv=128),
    backward("bwd_tail", b=1, h=2, s=1025, sk=3001),
    backward("bwd_bshd", b=2, h=4, s=320, layout="bshd"),
    backward("bwd_grouped", b=2, h=8, hk=2, s=640, options=CAUSAL, d=64),
    backward("bwd_grouped_full", b=1, h=4, hk=1, s=200),
    backward("bwd_causal", b=2, h=5, s=777, options=CAUSAL),
    backward("bwd_causal_d64", b=1, h=4, s=1000, d=64, options=CAUSAL),
    backward("bwd_bottom", b=1, h=4, s=250, sk=777,
             options="causal = bottom_right"),
    backward("bwd_unseen", b=1, h=4, s=777, sk=250,
             options="causal = bottom_right"),
    backward("bwd_window", b=1, h=4, s=1500,
             options=CAUSAL + " window_left = 200"),
    backward("bwd_band", b=1, h=4, s=1100, d=64,
             options="window_left = 77 window_right = 130"),
    backward("bwd_apart", b=1, h=2, s=900, sk=300, d=64,
             options="window_left = 20 window_right = 30"),
    backward("bwd_cap", b=2, h=2, s=300, cap=20.0, options=CAUSAL),
    backward("bwd_cap_d64", b=1, h=2, s=300, d=64, cap=20.0),
    backward("bwd_deep", b=1, h=2, s=333, sk=257, d=256),
    backward("bwd_deep_causal", b=1, h=3, s=700, d=256, options=CAUSAL),
    backward("bwd_deep_tail", b=2, h=2, s=1111, sk=901, d=256, element="f16"),
    backward("bwd_deep_grouped", b=1, h=6, hk=2, s=300, d=200,
             options=CAUSAL),
    backward("bwd_deep_unseen", b=1, h=2, s=777, sk=250, d=192,
             options="causal = bottom_right"),
    backward("bwd_deep_band", b=1, h=2, s=900, d=256, layout="bshd",
             options="window_left = 77 window_right = 130"),
    backward("bwd_deep_cap", b=1, h=2, s=300, d=256, cap=20.0),
    backward("bwd_latent", b=1, h=4, s=500, d=192, dv=128, options=CAUSAL),
]
ATTENTION_BACKWARD += [
    backward("bwdx_alibi", b=2, h=4, s=500, score="alibi", options=CAUSAL),
    backward("bwdx_alibi_d64", b=1, h=4, hk=2, s=500, d=64, score="alibi"),
    backward("bwdx_document", b=1, h=4, s=700, score="document"),
    backward("bwdx_documents", b=2, h=2, s=1601, d=64, score="document",
             options=CAUSAL),
    backward("bwdx_local", b=1, h=3, s=1000, d=64, score="local"),
    backward("bwdx_square", b=1, h=2, s=300, score="square"),
    backward("bwdx_square_cap", b=1, h=2, s=300, d=64, score="square",
             cap=10.0),
    backward("bwdx_mask", b=2, h=2, s=333, sk=414, mask="f32"),
    backward("bwdx_mask_even", b=2, h=2, s=256, sk=384, mask="f16"),
    backward("bwdx_mask_d64", b=1, h=3, s=500, sk=504, d=64, mask="f16",
             options=CAUSAL),
    backward("bwdx_mask_row", b=2, h=4, s=200, sk=257, mask="bf16"),
    backward("bwdx_mask_bool", b=1, h=4, s=300, sk=300, mask="i1"),
    backward("bwdx_lengths", b=4, h=2, s=400, sk=500, lengths=True),
    backward("bwdx_lengths_causal", b=4, h=2, s=400, d=64, lengths=True,
             options=CAUSAL),
    backward("bwdx_deep_document", b=1, h=2, s=500, d=256, score="document"),
    backward("bwdx_deep_square", b=1, h=2, s=300, d=192, score="square",
             options=CAUSAL),
    backward("bwdx_deep_mask", b=1, h=2, s=300, sk=333, d=256, mask="f32"),
    backward("bwdx_deep_lengths", b=4, h=2, s=300, sk=400, d=256,
             lengths=True, layout="bshd"),
    packed_backward("bwdp_causal", [300, 1, 0, 777, 64], options=CAUSAL, h=4),
    packed_backward("bwdp_full_d64", [130, 700, 5], h=4, hk=2, d=64, rest=70),
    packed_backward("bwdp_cross", [200, 50, 300], [100, 333, 0], h=2,
                    options="causal = bottom_right"),
    packed_backward("bwdp_alibi", [100, 450], h=4, d=64, score="alibi",
                    options=CAUSAL),
    packed_backward("bwdp_window", [900, 20, 300], h=2, element="f16",
                    options=CAUSAL + " window_left = 150"),
    packed_backward("bwdp_deep", [200, 0, 333], h=2, d=256, rest=40,
                    options=CAUSAL),
]
ATTENTION_BACKWARD += [backward("bwd_" + c["name"], d=c["d"], h=c["h"], b=c["b"],
                      s=c["s"], options=c["options"], timed=True)
             for c in TIMED]
ATTENTION_BACKWARD += [
    backward("bwd_flex_alibi", score="alibi", options=CAUSAL, timed=True),
    backward("bwd_flex_document", score="document", timed=True),
    backward("bwd_flex_mask", b=1, mask="bf16", timed=True),
    backward("bwd_flex_cap", cap=30.0, timed=True),
    backward("bwd_lengths", lengths=True, timed=True),
    *[packed_backward(f"bwd_packed_d{d}_causal", LENGTHS[d], d=d, h=2048 // d,
                      options=CAUSAL, timed=True) for d in (64, 128)]]
CASES = (CHECKED + PACKED + DECODE + TIMED + WIDE + ATTENTION_BACKWARD +
         MATMULS + CONVOLUTIONS + GRADIENTS)
