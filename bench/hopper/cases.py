"""The attention cases: what is checked for its numbers, what is timed."""


def case(name, d=128, dv=None, h=16, hk=None, b=4, s=4096, sk=None,
         element="bf16", options="", layout="bhsd", timed=False):
    return dict(name=name, d=d, dv=dv or d, h=h, hk=hk or h, b=b, s=s,
                sk=sk or s, element=element, options=options, layout=layout,
                timed=timed)


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
SIZES = [(8, 2048), (4, 4096), (1, 16384)]
TIMED = [case(f"d{d}_s{s}_{'causal' if options else 'full'}", d=d,
              h=2048 // d, b=b, s=s, options=options, timed=True)
         for d in (64, 128, 256) for options in ("", CAUSAL)
         for b, s in SIZES]
CASES = CHECKED + TIMED
