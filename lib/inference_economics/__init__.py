"""The Economics of AI Inference: cost formulas, and the book that is computed from them."""

import sys

__version__ = "0.1.0"

# nbformat imports jsonschema, which takes this if it is there: a grammar of web addresses, 1.5 s to
# build in every process, for a check that no notebook's schema asks for.
sys.modules.setdefault("rfc3987_syntax", None)
