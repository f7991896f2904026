# RUN: env LACUNA_LIBRARY=%build/lib/C/liblacuna.so PYTHONPATH=%source/python %python %s
# REQUIRES: torch
"""PyTorch tensors in and out, whatever their element type and strides."""
import torch
import lacuna

RELU = """
func.func @main(%x: tensor<4x3xTYPE>) -> tensor<4x3xTYPE> {
  %y = lacuna.activation relu %x : tensor<4x3xTYPE>
  return %y : tensor<4x3xTYPE>
}
"""

for name, dtype in (("f64", torch.float64), ("f32", torch.float32),
                    ("f16", torch.float16), ("bf16", torch.bfloat16)):
    model = lacuna.from_mlir(RELU.replace("TYPE", name))
    x = torch.randn(3, 4, requires_grad=True).t().to(dtype)
    y, = model(x)
    assert isinstance(y, torch.Tensor) and y.dtype == dtype, y
    assert torch.equal(y, torch.relu(x.float()).to(dtype)), name
