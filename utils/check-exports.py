#!/usr/bin/env python3
"""Compares lacuna with PyTorch on models of torchvision and transformers.

Exports small models with random weights, runs them with `lacuna run`, prints a
line for each and ends with 1 if one differs. With --gradients it compares those
of mean(output^2), to inputs and to parameters that the file still holds, as they
are or transposed: an export may fold or share them. Needs torch, torchvision,
transformers, onnx and onnxscript (PyPI), and `lacuna` on the PATH. A result may
differ by 1e-3 of itself, or by 1e-5, or by 4e-6 of the largest result where that
is more: random weights let some networks grow; a gradient by 2e-3 of itself or
1e-6, or 2e-5 of the largest.
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy as np
import torch
import torchvision.models as vision
import transformers as hf

SMALL = dict(vocab_size=97, hidden_size=32, num_hidden_layers=2,
             num_attention_heads=4, intermediate_size=64)
SPECIAL = dict(pad_token_id=0, bos_token_id=1, eos_token_id=2)
PATCHES = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
               intermediate_size=64, image_size=32, patch_size=8)
STAGES = dict(hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1])
TEXT = dict(d_model=32, encoder_layers=2, decoder_layers=2,
            encoder_attention_heads=4, decoder_attention_heads=4,
            encoder_ffn_dim=64, decoder_ffn_dim=64, vocab_size=97,
            use_cache=False)


class Picked(torch.nn.Module):
    """A model called with named tensors, one of whose results is kept."""

    def __init__(self, model, names, result):
        super().__init__()
        self.model, self.names, self.result = model, names, result

    def forward(self, *tensors):
        results = self.model(**dict(zip(self.names, tensors)))
        return results[self.result]


def image(size, batch=1):
    return torch.randn(batch, 3, size, size)


def tokens(length=11):
    return torch.randint(3, 97, (2, length))


def padding(length=11):
    mask = torch.ones(2, length, dtype=torch.long)
    mask[0, 7:] = 0
    return mask


def classifier(name, size=64, **options):
    return lambda: (getattr(vision, name)(weights=None, **options),
                    (image(size),))


def segmenter(name):
    def build():
        model = getattr(vision.segmentation, name)(
            weights=None, weights_backbone=None, num_classes=5)
        return Picked(model, ["x" if "lraspp" not in name else "input"],
                      "out"), (image(65),)
    return build


def language(name, result="last_hidden_state", sizes=SMALL, **options):
    """A model of token ids and a mask of padding."""
    def build():
        kind = name if result == "logits" else name + "Model"
        config = getattr(hf, name.split("For")[0].replace("LMHead", "")
                         .removesuffix("Model") + "Config")(
            **{**sizes, **options})
        return (Picked(getattr(hf, kind)(config),
                       ["input_ids", "attention_mask"], result),
                (tokens(), padding()))
    return build


def seen(name, size=32, result="last_hidden_state", **options):
    """A model of an image."""
    def build():
        config = getattr(hf, name.split("For")[0].replace("Model", "")
                         + "Config")(**options)
        return (Picked(getattr(hf, name)(config), ["pixel_values"], result),
                (image(size),))
    return build


def translator(name, result="last_hidden_state", **options):
    def build():
        config = getattr(hf, name.split("Model")[0].split("For")[0]
                         + "Config")(**options)
        return (Picked(getattr(hf, name)(config),
                       ["input_ids", "attention_mask", "decoder_input_ids"],
                       result), (tokens(), padding(), tokens(5)))
    return build


def whisper():
    config = hf.WhisperConfig(
        **TEXT, **SPECIAL, num_mel_bins=20, max_source_positions=50,
        max_target_positions=20, decoder_start_token_id=1, suppress_tokens=[],
        begin_suppress_tokens=[])
    return (Picked(hf.WhisperModel(config),
                   ["input_features", "decoder_input_ids"],
                   "last_hidden_state"),
            (torch.randn(1, 20, 100), tokens(5)[:1]))


def models():
    table = {name: classifier(name) for name in (
        "resnet18 resnext50_32x4d mobilenet_v2 mobilenet_v3_small alexnet "
        "efficientnet_b0 efficientnet_v2_s shufflenet_v2_x0_5 squeezenet1_1 "
        "densenet121 regnet_y_400mf mnasnet0_5 convnext_tiny vgg11_bn swin_t "
        "swin_v2_t").split()}
    table.update(maxvit_t=classifier("maxvit_t", 224),
                 vit_b_16=classifier("vit_b_16", 224))
    for name in ("googlenet", "inception_v3"):
        table[name] = classifier(name, 96, aux_logits=False, init_weights=True)
    for name in ("fcn_resnet50", "deeplabv3_resnet50",
                 "deeplabv3_mobilenet_v3_large", "lraspp_mobilenet_v3_large"):
        table[name] = segmenter(name)
    for name in "Bert Roberta Electra XLMRoberta MPNet".split():
        table[name] = language(name)
    table.update(
        Albert=language("Albert", embedding_size=16),
        ModernBert=language("ModernBert", **SPECIAL, cls_token_id=1,
                            sep_token_id=2),
        DebertaV2=language("DebertaV2", relative_attention=True,
                           pos_att_type=["p2c", "c2p"], position_buckets=8))
    for name in ("Llama Mistral Qwen2 Qwen3 Phi Gemma Gemma2 StableLm Olmo2 "
                 "Granite Cohere").split():
        head = {"head_dim": 8} if name in ("Gemma", "Gemma2", "Qwen3") else {}
        table[name] = language(name + "ForCausalLM", "logits", **SPECIAL,
                               num_key_value_heads=2, use_cache=False,
                               max_position_embeddings=64, **head)
    table["GPTNeoX"] = language("GPTNeoXForCausalLM", "logits", use_cache=False)
    table["Bloom"] = language("BloomForCausalLM", "logits", use_cache=False,
                              sizes=dict(vocab_size=97, hidden_size=32,
                                         n_layer=2, n_head=4))
    table["GPT2"] = language("GPT2LMHeadModel", "logits", use_cache=False,
                             sizes=dict(vocab_size=97, n_embd=32, n_layer=2,
                                        n_head=4, n_positions=64))
    table.update(
        Bart=translator("BartModel", **TEXT, max_position_embeddings=64),
        T5=translator("T5ForConditionalGeneration", "logits", vocab_size=97,
                      d_model=32, d_kv=8, d_ff=64, num_layers=2, num_heads=4,
                      use_cache=False, decoder_start_token_id=0),
        Whisper=whisper, ViT=seen("ViTModel", **PATCHES),
        DeiT=seen("DeiTModel", **PATCHES),
        Dinov2=seen("Dinov2Model", **{**PATCHES, "mlp_ratio": 2}),
        Beit=seen("BeitModel", **PATCHES, use_relative_position_bias=True),
        Swin=seen("SwinModel", image_size=32, patch_size=2, embed_dim=8,
                  depths=[2, 2], num_heads=[2, 4], window_size=4),
        Segformer=seen("SegformerForSemanticSegmentation", 64, "logits",
                       hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1],
                       num_attention_heads=[1, 2, 3, 4], num_labels=5,
                       decoder_hidden_size=16),
        ConvNextV2=seen("ConvNextV2Model", 64, **STAGES),
        MobileViT=seen("MobileViTModel", 64, image_size=64))
    return table


def gradients(model, tensors, graph, names):
    """Those of mean(output^2) that the exported graph can have, by name."""
    import onnx
    inputs = [x.clone().requires_grad_(x.is_floating_point()) for x in tensors]
    model(*inputs).square().mean().backward()
    found = {f"d_{name}": x.grad.numpy() for name, x in zip(names, inputs)
             if x.grad is not None}
    held = {}
    for tensor in graph.initializer:
        value = onnx.numpy_helper.to_array(tensor)
        held.setdefault((value.shape, value.tobytes()), tensor.name)
    parameters = list(model.parameters())
    contents = [x.numpy().tobytes() for x in model.state_dict().values()]
    for x in parameters:
        content = x.detach().numpy().tobytes()
        if x.grad is None or contents.count(content) != 1:
            continue
        matches = {}
        for value, grad in ((x.detach(), x.grad), (x.detach().T, x.grad.T)):
            name = held.get((tuple(value.shape), value.numpy().tobytes()))
            if name:
                matches[f"d_param:{name}"] = grad.numpy()
        if len(matches) == 1:  # tied weights may be held twice
            found.update(matches)
    return found


def export(build, folder, differentiate):
    """Writes model.onnx, inputs.npz and outputs.npz; the largest result."""
    torch.manual_seed(1)
    model, tensors = build()
    model.eval()
    path = folder / "model.onnx"
    with torch.no_grad():
        result = model(*tensors).numpy()
        try:
            torch.onnx.export(model, tensors, path, dynamo=True, verbose=False,
                              external_data=False)
        except Exception:  # the exporter before this one takes some it cannot
            torch.onnx.export(model, tensors, path, dynamo=False)
    import onnx
    graph = onnx.load(path).graph
    names = [value.name for value in graph.input]
    np.savez(folder / "inputs.npz",
             **dict(zip(names, (x.numpy() for x in tensors))))
    expected = {graph.output[0].name: result}
    if differentiate:
        expected = gradients(model, tensors, graph, names)
    np.savez(folder / "expected.npz", **expected)
    return max(np.abs(x).max() for x in expected.values()), len(expected)


def compare(folder, largest, differentiate):
    """Runs lacuna; the finished process, whose status says what came out."""
    options = ["--rtol=1e-3", f"--atol={max(1e-5, 4e-6 * largest)}"]
    if differentiate:
        options = ["--gradient-of=mean-square", "--rtol=2e-3",
                   f"--atol={max(1e-6, 2e-5 * largest)}"]
    return subprocess.run(
        ["lacuna", "run", folder / "model.onnx", "--inputs",
         folder / "inputs.npz", "--expect", folder / "expected.npz", *options],
        capture_output=True, text=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", help="names of models")
    parser.add_argument("--gradients", action="store_true",
                        help="compare gradients instead of results")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    table = models()
    differ = 0
    for name in options.only or table:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            try:
                largest, count = export(table[name], folder, options.gradients)
            except Exception as error:
                print(f"{name}: PyTorch cannot export it: {str(error)[:80]!r}")
                continue
            run = compare(folder, largest, options.gradients)
        differ += run.returncode != 0
        print(f"{name}: {'DIFFERS' if run.returncode else 'same'} "
              f"({count} tensors)", flush=True)
        if run.returncode:
            print(run.stdout + run.stderr)
    sys.exit(differ > 0)


if __name__ == "__main__":
    main()
