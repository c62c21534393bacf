"""The Economics of AI Inference: cost formulas, and the book that is computed from them."""

__version__ = "0.1.0"
